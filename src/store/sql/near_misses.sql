SELECT id
  FROM projects
 WHERE topic = ?1 AND weight = 'mention' AND merged_into IS NULL AND latest_at IS NOT NULL
   AND latest_at > ?2 AND latest_at <= ?3
 ORDER BY latest_at DESC
 LIMIT ?4
