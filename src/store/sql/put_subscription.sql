INSERT INTO subscriptions (name, watermark, next_due_at, last_digest_at, totals_then, wake_at, wake_from, on_news, near_misses_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (name) DO UPDATE SET
    watermark = excluded.watermark,
    next_due_at = excluded.next_due_at,
    last_digest_at = excluded.last_digest_at,
    totals_then = excluded.totals_then,
    wake_at = excluded.wake_at,
    wake_from = excluded.wake_from,
    on_news = excluded.on_news,
    near_misses_at = excluded.near_misses_at
