INSERT INTO deliveries (id, digest, channel, receiver, part, payload, composed_at, state, next_at, thread)
VALUES (:id, :digest, :channel, :receiver, :part, :payload, :composed_at, 'waiting', :composed_at, :thread)
