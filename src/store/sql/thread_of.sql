SELECT deliveries.id
  FROM deliveries
  JOIN digests ON digests.id = deliveries.digest
 WHERE deliveries.thread IN (SELECT ?4 UNION ALL SELECT id FROM projects WHERE merged_into = ?4)
   AND deliveries.channel = ?2 AND deliveries.receiver = ?3
   AND digests.subscription = ?1 AND deliveries.state <> 'given_up'
 ORDER BY deliveries.rowid
