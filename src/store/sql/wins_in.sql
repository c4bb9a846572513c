-- Every lot that the counted projects of the JSON array ?1 gave in the topic ?2; the days as in `wins_of.sql`.
SELECT counted_wins.project, counted_wins.position, counted_wins.mention, counted_wins.lot, counted_wins.joint,
       counted_wins.value, counted_wins.currency, projects.title, projects.first_on, projects.counted_groups,
       coalesce((SELECT coalesce(min(CASE notices.kind WHEN 'award' THEN notices.published_on END),
                                 min(notices.published_on))
                   FROM members
                   JOIN notices ON notices.id = members.notice
                  WHERE members.project = projects.id AND notices.kind IN ('award', 'contract')),
                projects.first_on) AS won_on
  FROM json_each(?1) AS wanted
 CROSS JOIN projects ON projects.id = wanted.value
 CROSS JOIN counted_wins ON counted_wins.project = projects.id
 WHERE projects.counted_topic = ?2
 ORDER BY counted_wins.project, counted_wins.position
