SELECT count(*)
  FROM notices
  LEFT JOIN notice_versions ON notice_versions.notice = notices.id AND notice_versions.version = notices.version
 WHERE notice_versions.content_hash IS NOT notices.content_hash
    OR notices.version <> (SELECT count(*) FROM notice_versions AS every WHERE every.notice = notices.id)
