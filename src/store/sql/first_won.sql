-- The day of the first notice that says that a counted project of the topic ?1 gave a lot.
SELECT notices.published_on
  FROM notices
 CROSS JOIN members ON members.notice = notices.id
 CROSS JOIN projects ON projects.id = members.project
 WHERE notices.kind IN ('award', 'contract') AND notices.published_on IS NOT NULL AND projects.counted_topic = ?1
   AND EXISTS (SELECT 1 FROM counted_wins WHERE counted_wins.project = projects.id)
 ORDER BY notices.published_on
 LIMIT 1
