-- The id stands in for the address, so that two who were told the same stay two. What was not sent yet is given up; what was
-- said about an address that failed may repeat it.
UPDATE deliveries SET
    receiver = 'erased:' || id,
    payload = x'',
    receipt = NULL,
    given_up_at = CASE WHEN state = 'sent' THEN NULL ELSE coalesce(given_up_at, ?2) END,
    why = CASE WHEN state = 'sent' THEN NULL ELSE 'erased' END,
    next_at = NULL,
    claimed_until = NULL,
    state = CASE WHEN state = 'sent' THEN 'sent' ELSE 'given_up' END
WHERE receiver = ?1 COLLATE NOCASE
  AND (?3 IS NULL OR digest IN (SELECT id FROM digests WHERE subscription = ?3))
