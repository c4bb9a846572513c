-- ?1 now, ?2 until when the claim holds, ?3 how many, ?4 channels that are held, as a JSON array.
UPDATE deliveries
   SET state = 'claimed', next_at = NULL, claimed_until = ?2
 WHERE rowid IN (
       SELECT rowid
         FROM deliveries
        WHERE due_at IS NOT NULL AND due_at <= ?1 AND channel NOT IN (SELECT value FROM json_each(?4))
        ORDER BY due_at, rowid
        LIMIT ?3)
RETURNING rowid, id, channel, receiver, payload, attempts, composed_at
