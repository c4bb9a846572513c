-- The parts after one that is put off wait at least as long, so that none is due that may not be sent.
UPDATE deliveries
   SET next_at = ?2
 WHERE (digest, channel, receiver) = (SELECT digest, channel, receiver FROM deliveries WHERE id = ?1)
   AND part > (SELECT part FROM deliveries WHERE id = ?1) AND state = 'waiting' AND next_at < ?2
