SELECT deliveries.id, deliveries.digest, digests.subscription, deliveries.channel, deliveries.receiver, deliveries.part,
       deliveries.composed_at, deliveries.attempts, deliveries.state, deliveries.next_at, deliveries.claimed_until,
       deliveries.sent_at, deliveries.given_up_at, deliveries.why, deliveries.cancelled_by,
       deliveries.receipt,
       (SELECT why FROM attempts WHERE delivery = deliveries.id AND number = deliveries.attempts) AS said,
       (SELECT outcome FROM attempts WHERE delivery = deliveries.id AND number = deliveries.attempts) AS last_outcome
  FROM deliveries
  JOIN digests ON digests.id = deliveries.digest
 WHERE (?2 IS NULL OR deliveries.state = ?2) AND (?3 IS NULL OR deliveries.channel = ?3)
   AND (?4 IS NULL OR digests.subscription = ?4) AND (?5 IS NULL OR deliveries.receiver = ?5)
   AND (?6 IS NULL OR deliveries.composed_at >= ?6)
 ORDER BY deliveries.rowid DESC
 LIMIT ?1
