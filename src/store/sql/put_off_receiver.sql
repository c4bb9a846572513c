UPDATE deliveries
   SET next_at = ?3
 WHERE channel = ?1 AND receiver = ?2 AND due_at IS NOT NULL AND state = 'waiting' AND next_at < ?3
