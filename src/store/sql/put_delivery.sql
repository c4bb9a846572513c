INSERT INTO deliveries (id, digest, channel, receiver, part, payload, composed_at, state, next_at)
VALUES (:id, :digest, :channel, :receiver, :part, :payload, :composed_at, 'waiting', :composed_at)
