-- The projects of the notices that people put with this one.
SELECT DISTINCT members.project
  FROM rulings
  JOIN members ON members.notice = rulings.notice
 WHERE rulings.other_source = ?1 AND rulings.other_native_id = ?2 AND rulings.matter = 'link' AND rulings.undoes IS NULL
   AND NOT EXISTS (SELECT 1 FROM rulings AS undoing WHERE undoing.undoes = rulings.id)
 ORDER BY members.project
