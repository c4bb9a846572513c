-- Every ruling on parties, with its undoing.
SELECT party_rulings.id, party_rulings.matter, party_rulings.mention, party_rulings.other, party_rulings.author,
       party_rulings.reason, party_rulings.made_at,
       undone.author AS undone_by, undone.reason AS undone_why, undone.undone_at
  FROM party_rulings
  LEFT JOIN party_rulings_undone AS undone ON undone.ruling = party_rulings.id
 ORDER BY party_rulings.id
