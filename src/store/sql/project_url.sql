SELECT notices.url
  FROM members
  JOIN notices ON notices.id = members.notice
 WHERE members.project = ?1 AND notices.url IS NOT NULL AND notices.repeat_of IS NULL AND notices.withdrawn_at IS NULL
 ORDER BY notices.published_at DESC, notices.source, notices.native_id DESC
 LIMIT 1
