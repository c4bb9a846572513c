-- A delivery that was accepted stays so, and one that was given up changes only where it arrived after all.
UPDATE deliveries
   SET state = :state, next_at = :next_at, claimed_until = NULL, sent_at = :sent_at, given_up_at = :given_up_at, why = :why,
       cancelled_by = NULL
 WHERE id = :id AND (due_at IS NOT NULL OR (state = 'given_up' AND :state = 'sent'))
