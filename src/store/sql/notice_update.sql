UPDATE notices
   SET version = :version,
       content_hash = :content_hash,
       body_hash = :body_hash,
       reader_version = :reader_version,
       read_at = :now,
       kind = :kind,
       title = :title,
       title_stem = :title_stem,
       url = :url,
       published_at = :published_at,
       published_offset = :published_offset,
       published_on = :published_on,
       weight = :weight,
       budget_state = :budget_state,
       budget_value = :budget_value,
       budget_currency = :budget_currency,
       award_state = :award_state,
       award_value = :award_value,
       award_currency = :award_currency,
       problems = :problems,
       problem_count = :problem_count
 WHERE source = :source AND native_id = :native_id
RETURNING id
