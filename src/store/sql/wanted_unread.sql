-- Pages seen in a listing and never read: news first, then the baseline; within each the oldest published first. The index gives the order; waiting ones are passed over.
SELECT wishes.native_id, sightings.url, sightings.zone, sightings.published_at, sightings.published_offset,
       wishes.telling, wishes.wish, wishes.failures
  FROM wishes INDEXED BY wishes_unread
  JOIN sightings ON sightings.source = wishes.source AND sightings.native_id = wishes.native_id
 WHERE wishes.wish = 'unread' AND wishes.source = ?1 AND wishes.next_at <= ?2 AND sightings.url IS NOT NULL
 ORDER BY wishes.telling DESC, wishes.published_at, wishes.native_id
 LIMIT ?3
