INSERT INTO attempts (delivery, number, at, outcome, why, channel)
SELECT id, attempts + 1, ?1, 'ambiguous', ?2, channel FROM deliveries WHERE due_at >= 0 AND state = 'claimed'
