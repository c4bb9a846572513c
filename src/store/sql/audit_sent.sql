SELECT count(*)
  FROM deliveries
 WHERE state = 'sent'
   AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.delivery = deliveries.id AND attempts.outcome = 'accepted')
