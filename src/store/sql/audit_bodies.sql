SELECT count(*)
  FROM notice_versions
  LEFT JOIN bodies ON bodies.hash = notice_versions.body_hash
 WHERE bodies.id IS NULL
