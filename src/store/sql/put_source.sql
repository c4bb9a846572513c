INSERT INTO sources (name, baseline, health, since_at, failures, next_due_at, healthy_at, whole_until)
VALUES (:name, :baseline, :health, :since_at, :failures, :next_due_at, :healthy_at, :whole_until)
ON CONFLICT (name) DO UPDATE SET
    baseline = excluded.baseline,
    health = excluded.health,
    since_at = excluded.since_at,
    failures = excluded.failures,
    next_due_at = excluded.next_due_at,
    healthy_at = excluded.healthy_at,
    whole_until = excluded.whole_until
