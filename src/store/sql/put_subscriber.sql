INSERT INTO subscribers (name, channel, receiver, content, standing, origin, generation, made_at, changed_at, confirmed_at)
VALUES (:name, :channel, :receiver, :content, :standing, :origin, :generation, :made_at, :changed_at, :confirmed_at)
ON CONFLICT (name) DO UPDATE SET
    channel = excluded.channel,
    receiver = excluded.receiver,
    content = excluded.content,
    standing = excluded.standing,
    origin = excluded.origin,
    generation = excluded.generation,
    changed_at = excluded.changed_at,
    confirmed_at = excluded.confirmed_at
