INSERT INTO attempts (delivery, number, at, outcome, why, retry_after_ms, channel)
SELECT id, attempts + 1, ?2, ?3, ?4, ?5, channel FROM deliveries WHERE id = ?1
