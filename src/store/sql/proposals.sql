-- Both sides as they are today: a proposal whose projects became one is settled.
SELECT notices.source, notices.native_id, members.project AS home,
       coalesce(proposed.merged_into, proposed.id) AS other, proposals.why
  FROM proposals
  JOIN notices ON notices.id = proposals.notice
  JOIN members ON members.notice = proposals.notice
  JOIN projects AS proposed ON proposed.id = proposals.project
 WHERE members.project <> coalesce(proposed.merged_into, proposed.id)
 ORDER BY proposals.proposed_at, proposals.notice, proposals.project
