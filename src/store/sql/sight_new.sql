INSERT INTO sightings (source, native_id, url, zone, published_at, published_offset, published_on, facts,
                       first_seen_at, last_seen_at)
VALUES (:source, :native_id, :url, :zone, :published_at, :published_offset, :published_on, :facts, :now, :now)
