SELECT id, content
  FROM projects
 WHERE topic = ?1 AND deadline_at IS NOT NULL AND deadline_at >= ?2 AND deadline_at < ?3
   AND merged_into IS NULL AND status = 'tendering' AND weight IN ('subject', 'item')
 ORDER BY deadline_at, id
