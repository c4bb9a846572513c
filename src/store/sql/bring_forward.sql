-- Put off further than anything ever is: the clock was ahead then.
UPDATE deliveries SET next_at = ?2 WHERE channel = ?1 AND due_at IS NOT NULL AND due_at > ?3 AND state = 'waiting'
