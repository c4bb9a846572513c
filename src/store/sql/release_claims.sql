UPDATE deliveries
   SET state = 'waiting', next_at = claimed_until, claimed_until = NULL
 WHERE due_at IS NOT NULL AND due_at <= ?1 AND state = 'claimed'
