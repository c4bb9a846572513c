-- Every part that was not accepted and is not being sent.
UPDATE deliveries
   SET state = 'waiting', next_at = ?2, given_up_at = NULL, why = NULL, cancelled_by = NULL
 WHERE (digest, channel, receiver) = (SELECT digest, channel, receiver FROM deliveries WHERE id = ?1)
   AND state IN ('waiting', 'given_up')
