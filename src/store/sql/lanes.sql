-- Every channel with something on its way, and when the first and the last of it is due: one look into an index for each.
WITH RECURSIVE lanes (channel) AS (
     SELECT min(channel) FROM deliveries WHERE due_at IS NOT NULL
     UNION ALL
     SELECT (SELECT min(channel) FROM deliveries WHERE due_at IS NOT NULL AND channel > lanes.channel)
       FROM lanes
      WHERE lanes.channel IS NOT NULL)
SELECT channel,
       (SELECT min(due_at) FROM deliveries WHERE due_at IS NOT NULL AND channel = lanes.channel) AS first_at,
       (SELECT max(due_at) FROM deliveries WHERE due_at IS NOT NULL AND channel = lanes.channel) AS last_at
  FROM lanes
 WHERE channel IS NOT NULL
