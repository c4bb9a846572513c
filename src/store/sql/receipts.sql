SELECT earlier.receipt
  FROM deliveries AS own
  JOIN digests AS mine ON mine.id = own.digest
  JOIN deliveries AS earlier
    ON earlier.thread = own.thread AND earlier.channel = own.channel AND earlier.receiver = own.receiver
  JOIN digests AS theirs ON theirs.id = earlier.digest AND theirs.subscription = mine.subscription
 WHERE own.id = ?1 AND own.thread IS NOT NULL AND earlier.thread IS NOT NULL
   AND earlier.rowid < own.rowid AND earlier.receipt IS NOT NULL
 ORDER BY earlier.rowid DESC
 LIMIT ?2
