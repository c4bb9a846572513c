SELECT id, content
  FROM projects
 WHERE topic = ?1 AND content IS NOT NULL AND merged_into IS NULL
 ORDER BY first_on, id
 LIMIT ?2 OFFSET ?3
