-- Lots that the mentions of the JSON array ?1 won in counted projects of the topic ?2, before the day ?3 where there is one, but
-- for the project ?4; the latest first. A lot was won on the day of the first award notice, else of the first contract.
WITH won AS (
    SELECT counted_wins.project, counted_wins.position, counted_wins.mention, counted_wins.lot, counted_wins.joint,
           counted_wins.value, counted_wins.currency, projects.title, projects.first_on, projects.counted_groups,
           coalesce((SELECT coalesce(min(CASE notices.kind WHEN 'award' THEN notices.published_on END),
                                     min(notices.published_on))
                       FROM members
                       JOIN notices ON notices.id = members.notice
                      WHERE members.project = projects.id AND notices.kind IN ('award', 'contract')),
                    projects.first_on) AS won_on
      FROM json_each(?1) AS wanted
     CROSS JOIN counted_wins ON counted_wins.mention = wanted.value
     CROSS JOIN projects ON projects.id = counted_wins.project
     WHERE projects.counted_topic = ?2 AND projects.id IS NOT ?4
)
SELECT * FROM won
 WHERE ?3 IS NULL OR won_on < ?3
 ORDER BY won_on DESC, project DESC, position
 LIMIT ?5
