UPDATE deliveries
   SET state = 'waiting', attempts = attempts + 1, next_at = ?1, claimed_until = NULL
 WHERE due_at >= 0 AND state = 'claimed'
