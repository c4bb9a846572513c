-- A notice with today's content, its project and what it repeats. `members.sql` names the same columns.
SELECT notices.source, notices.native_id, notice_versions.content, notices.withdrawn_at, notices.content_hash,
       notices.body_hash, notices.first_seen_at, notices.read_at, notices.reader_version, notices.version,
       notices.problems, members.project, originals.source AS repeat_source, originals.native_id AS repeat_native_id,
       -- Oldest first; one look into an index that is empty for most.
       (SELECT json_group_array(json_object('id', rulings.id, 'matter', rulings.matter, 'facts', json(rulings.facts),
                                            'author', rulings.author, 'reason', rulings.reason, 'at', rulings.ruled_at)
                                ORDER BY rulings.id)
          FROM rulings
         WHERE rulings.notice = notices.id AND rulings.undoes IS NULL
           AND NOT EXISTS (SELECT 1 FROM rulings AS undoing WHERE undoing.undoes = rulings.id)) AS rulings
  FROM notices
  JOIN notice_versions ON notice_versions.notice = notices.id AND notice_versions.version = notices.version
  LEFT JOIN members ON members.notice = notices.id
  LEFT JOIN notices AS originals ON originals.id = notices.repeat_of
 WHERE notices.source = ?1 AND notices.native_id = ?2
