UPDATE deliveries SET state = 'given_up', next_at = NULL, given_up_at = ?4, why = 'the receiver left'
WHERE due_at IS NOT NULL AND channel = ?2 AND receiver = ?3 AND state = 'waiting'
  AND EXISTS (SELECT 1 FROM digests WHERE digests.id = deliveries.digest AND digests.subscription = ?1)
