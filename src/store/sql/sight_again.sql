-- A listing that does not print the instant takes back nothing.
UPDATE sightings
   SET url = :url,
       zone = :zone,
       published_at = coalesce(:published_at, published_at),
       published_offset = coalesce(:published_offset, published_offset),
       published_on = coalesce(:published_on, published_on),
       facts = :facts,
       last_seen_at = :now
 WHERE source = :source AND native_id = :native_id
