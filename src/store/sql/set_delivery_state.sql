-- The attempt is counted in any case; a delivery that was accepted stays so.
UPDATE deliveries
   SET attempts = attempts + 1,
       state = iif(state = 'sent', state, :state),
       next_at = iif(state = 'sent', NULL, :next_at),
       claimed_until = iif(state = 'sent', NULL, :claimed_until),
       sent_at = iif(state = 'sent', sent_at, :sent_at),
       given_up_at = iif(state = 'sent', NULL, :given_up_at),
       why = iif(state = 'sent', NULL, :why)
 WHERE id = :id
