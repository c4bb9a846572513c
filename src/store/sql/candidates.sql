-- ?1 numbers and ?2 buyers as JSON arrays, ?3 the title's stem. CROSS JOIN keeps the order: from the keys to the projects.
SELECT members.project
  FROM json_each(?1) AS wanted
 CROSS JOIN notice_keys ON notice_keys.kind = 'number' AND notice_keys.key = wanted.value
 CROSS JOIN members ON members.notice = notice_keys.notice
 WHERE json_array_length(?2) = 0
    OR notice_keys.buyer = ''
    OR notice_keys.buyer IN (SELECT value FROM json_each(?2))
UNION
SELECT members.project
  FROM json_each(?2) AS wanted
 CROSS JOIN notice_keys ON notice_keys.kind = 'title' AND notice_keys.key = ?3 AND notice_keys.buyer = wanted.value
 CROSS JOIN members ON members.notice = notice_keys.notice
 ORDER BY 1
