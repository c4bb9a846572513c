-- A notice with today's content, its project and what it repeats. `members.sql` names the same columns.
SELECT notices.source, notices.native_id, notice_versions.content, notices.withdrawn_at, notices.content_hash,
       notices.body_hash, notices.first_seen_at, notices.read_at, notices.reader_version, notices.version,
       notices.problems, members.project, originals.source AS repeat_source, originals.native_id AS repeat_native_id
  FROM notices
  JOIN notice_versions ON notice_versions.notice = notices.id AND notice_versions.version = notices.version
  LEFT JOIN members ON members.notice = notices.id
  LEFT JOIN notices AS originals ON originals.id = notices.repeat_of
 WHERE notices.source = ?1 AND notices.native_id = ?2
