-- The notices of a topic's projects as they were known at an instant: the last content read by then, withdrawn only if it was
-- by then. A notice first read later is not there. Who repeats whom is left to the fold's caller, who groups them anew.
SELECT notices.source, notices.native_id, notice_versions.content,
       iif(notices.withdrawn_at <= ?2, notices.withdrawn_at, NULL) AS withdrawn_at
  FROM projects
  JOIN members ON members.project = projects.id
  JOIN notices ON notices.id = members.notice
  JOIN notice_versions ON notice_versions.notice = notices.id
   AND notice_versions.version = (SELECT max(version) FROM notice_versions AS earlier
                                   WHERE earlier.notice = notices.id AND earlier.read_at <= ?2)
 WHERE projects.topic = ?1 AND projects.content IS NOT NULL AND projects.merged_into IS NULL
 ORDER BY notices.published_at, notices.source, notices.native_id
