-- Every part that is still on its way. One that is being sent this moment is sent, and then says so.
UPDATE deliveries
   SET state = 'given_up', next_at = NULL, claimed_until = NULL, given_up_at = ?2, why = ?3, cancelled_by = ?4
 WHERE (digest, channel, receiver) = (SELECT digest, channel, receiver FROM deliveries WHERE id = ?1)
   AND due_at IS NOT NULL
