UPDATE deliveries SET state = 'given_up', next_at = NULL, claimed_until = NULL, given_up_at = ?3, why = ?4
WHERE due_at IS NOT NULL AND state = 'waiting' AND receiver = ?2 COLLATE NOCASE
  AND digest IN (SELECT id FROM digests WHERE subscription = ?1)
