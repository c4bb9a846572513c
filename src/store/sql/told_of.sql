SELECT wanted.value AS project,
       (SELECT max(told.told_at)
          FROM told
         WHERE told.subscription = ?1
           AND told.project IN (SELECT wanted.value UNION ALL SELECT id FROM projects WHERE merged_into = wanted.value)) AS told_at
  FROM json_each(?2) AS wanted
