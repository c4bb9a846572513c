-- A lot won in the counted project of the topic ?1 that began first, but for the project ?2.
SELECT counted_wins.project, counted_wins.position, counted_wins.mention, counted_wins.lot, counted_wins.joint,
       counted_wins.value, counted_wins.currency, projects.title, projects.first_on, projects.counted_groups,
       coalesce((SELECT coalesce(min(CASE notices.kind WHEN 'award' THEN notices.published_on END),
                                 min(notices.published_on))
                   FROM members
                   JOIN notices ON notices.id = members.notice
                  WHERE members.project = projects.id AND notices.kind IN ('award', 'contract')),
                projects.first_on) AS won_on
  FROM projects INDEXED BY projects_by_day
 CROSS JOIN counted_wins ON counted_wins.project = projects.id
 WHERE projects.topic = ?1 AND projects.content IS NOT NULL AND projects.merged_into IS NULL
   AND projects.counted_topic = ?1 AND projects.id IS NOT ?2
 ORDER BY projects.first_on, projects.id, counted_wins.position
 LIMIT 1
