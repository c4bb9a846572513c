SELECT deliveries.id, deliveries.digest, digests.subscription, deliveries.channel, deliveries.receiver, deliveries.part,
       deliveries.composed_at, deliveries.attempts, deliveries.state, deliveries.next_at, deliveries.claimed_until,
       deliveries.sent_at, deliveries.given_up_at, deliveries.why, deliveries.cancelled_by,
       deliveries.receipt,
       (SELECT why FROM attempts WHERE delivery = deliveries.id AND number = deliveries.attempts) AS said,
       (SELECT outcome FROM attempts WHERE delivery = deliveries.id AND number = deliveries.attempts) AS last_outcome
  FROM deliveries
  JOIN digests ON digests.id = deliveries.digest
 WHERE deliveries.id = ?1
