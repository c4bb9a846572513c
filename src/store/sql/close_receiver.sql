UPDATE deliveries
   SET state = 'given_up', next_at = NULL, claimed_until = NULL, given_up_at = ?3, why = ?4
 WHERE channel = ?1 AND receiver = ?2 AND due_at IS NOT NULL
