-- Lots that anybody won at the buyers with the mentions of the JSON array ?1; the rest as in `wins_of.sql`.
WITH won AS (
    SELECT counted_wins.project, counted_wins.position, counted_wins.mention, counted_wins.lot, counted_wins.joint,
           counted_wins.value, counted_wins.currency, projects.title, projects.first_on, projects.counted_groups,
           coalesce((SELECT coalesce(min(CASE notices.kind WHEN 'award' THEN notices.published_on END),
                                     min(notices.published_on))
                       FROM members
                       JOIN notices ON notices.id = members.notice
                      WHERE members.project = projects.id AND notices.kind IN ('award', 'contract')),
                    projects.first_on) AS won_on
      FROM projects
     CROSS JOIN counted_wins ON counted_wins.project = projects.id
     WHERE projects.id IN (SELECT members.project
                             FROM json_each(?1) AS wanted
                            CROSS JOIN mentions ON mentions.key = wanted.value AND mentions.role = 'buyer'
                            CROSS JOIN members ON members.notice = mentions.notice)
       AND projects.counted_topic = ?2 AND projects.id IS NOT ?4
)
SELECT * FROM won
 WHERE ?3 IS NULL OR won_on < ?3
 ORDER BY won_on DESC, project DESC, position
 LIMIT ?5
