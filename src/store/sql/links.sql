SELECT notices.source, notices.native_id, members.rule, members.confidence, notices.problems
  FROM members
  JOIN notices ON notices.id = members.notice
 WHERE members.project = ?1
 ORDER BY notices.published_at, notices.source, notices.native_id
