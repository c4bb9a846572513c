INSERT INTO subscriptions (name, watermark, next_due_at, last_digest_at, totals_then)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (name) DO UPDATE SET
    watermark = excluded.watermark,
    next_due_at = excluded.next_due_at,
    last_digest_at = excluded.last_digest_at,
    totals_then = excluded.totals_then
