INSERT INTO notices (source, native_id, version, content_hash, body_hash, reader_version, first_seen_at, read_at, kind,
                     title, title_stem, url, published_at, published_offset, published_on, weight, budget_state,
                     budget_value, budget_currency, award_state, award_value, award_currency, problems, problem_count)
VALUES (:source, :native_id, :version, :content_hash, :body_hash, :reader_version, :now, :now, :kind,
        :title, :title_stem, :url, :published_at, :published_offset, :published_on, :weight, :budget_state,
        :budget_value, :budget_currency, :award_state, :award_value, :award_currency, :problems, :problem_count)
RETURNING id
