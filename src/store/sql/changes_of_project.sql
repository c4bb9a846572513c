SELECT *
  FROM changes
 WHERE project IN (SELECT ?1 UNION ALL SELECT id FROM projects WHERE merged_into = ?1)
 ORDER BY seq
