SELECT notice_versions.version, notice_versions.content, notice_versions.body_hash, notice_versions.reader_version,
       notice_versions.read_at
  FROM notices
  JOIN notice_versions ON notice_versions.notice = notices.id
 WHERE notices.source = ?1 AND notices.native_id = ?2
 ORDER BY notice_versions.version
