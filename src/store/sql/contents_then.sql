-- What notices said at the instant ?1 that say something else today.
SELECT known.content, max(known.version) AS version
  FROM notices
  JOIN notice_versions AS today ON today.notice = notices.id AND today.version = notices.version
  JOIN notice_versions AS known ON known.notice = notices.id AND known.read_at <= ?1
 WHERE today.read_at > ?1
 GROUP BY notices.id
