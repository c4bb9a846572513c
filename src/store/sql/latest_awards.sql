SELECT *
  FROM changes
 WHERE topic = ?1 AND kind = 'awarded' AND published_at IS NOT NULL
 ORDER BY published_at DESC
 LIMIT ?2
