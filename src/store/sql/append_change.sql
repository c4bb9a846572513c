INSERT INTO changes (kind, project, notice_source, notice_native_id, source, topic, fields, reason, published_at,
                     published_offset, seen_at, telling)
VALUES (:kind, :project, :notice_source, :notice_native_id, :source, :topic, :fields, :reason, :published_at,
        :published_offset, :seen_at, :telling)
RETURNING seq
