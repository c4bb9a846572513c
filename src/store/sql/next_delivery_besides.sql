SELECT due_at
  FROM deliveries
 WHERE due_at IS NOT NULL AND channel NOT IN (SELECT value FROM json_each(?1))
 ORDER BY due_at
 LIMIT 1
