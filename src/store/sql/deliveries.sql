SELECT deliveries.id, deliveries.digest, digests.subscription, deliveries.channel, deliveries.receiver, deliveries.part,
       deliveries.composed_at, deliveries.attempts, deliveries.state, deliveries.next_at, deliveries.claimed_until,
       deliveries.sent_at, deliveries.given_up_at, deliveries.why,
       (SELECT why FROM attempts WHERE delivery = deliveries.id AND number = deliveries.attempts) AS said
  FROM deliveries
  JOIN digests ON digests.id = deliveries.digest
 ORDER BY deliveries.rowid DESC
 LIMIT ?1
