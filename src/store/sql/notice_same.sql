UPDATE notices
   SET body_hash = :body_hash,
       reader_version = :reader_version,
       read_at = :now,
       problems = :problems,
       problem_count = :problem_count
 WHERE id = :id
