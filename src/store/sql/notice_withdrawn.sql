-- A mark keeps its first instant.
UPDATE notices
   SET withdrawn_at = CASE WHEN ?3 IS NULL THEN NULL ELSE coalesce(withdrawn_at, ?3) END
 WHERE source = ?1 AND native_id = ?2
RETURNING (SELECT project FROM members WHERE members.notice = notices.id)
