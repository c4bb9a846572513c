-- Every ruling, the newest first.
SELECT rulings.id, notices.source, notices.native_id, members.project, rulings.matter, rulings.facts, rulings.author,
       rulings.reason, rulings.ruled_at, undoing.id AS undone, undoing.author AS undone_by,
       undoing.reason AS undone_because, undoing.ruled_at AS undone_at
  FROM rulings
  JOIN notices ON notices.id = rulings.notice
  LEFT JOIN members ON members.notice = rulings.notice
  LEFT JOIN rulings AS undoing ON undoing.undoes = rulings.id
 WHERE rulings.undoes IS NULL
 ORDER BY rulings.id DESC
