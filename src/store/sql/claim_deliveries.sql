-- ?1 now, ?2 until when the claim holds, ?3 how many, ?4 the channel. A part waits until the parts before it were taken.
UPDATE deliveries
   SET state = 'claimed', next_at = NULL, claimed_until = ?2
 WHERE rowid IN (
       SELECT due.rowid
         FROM deliveries AS due
        WHERE due.channel = ?4 AND due.due_at IS NOT NULL AND due.due_at <= ?1
          AND NOT EXISTS (
              SELECT 1
                FROM deliveries AS earlier
               WHERE earlier.digest = due.digest AND earlier.channel = due.channel AND earlier.receiver = due.receiver
                 AND earlier.part < due.part AND earlier.state <> 'sent')
        ORDER BY due.due_at, due.rowid
        LIMIT ?3)
RETURNING rowid, id, channel, receiver, payload, attempts, composed_at, thread IS NOT NULL AS is_threaded
