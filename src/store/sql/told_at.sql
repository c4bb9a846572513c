SELECT max(digests.composed_at)
  FROM digest_items
  JOIN digests ON digests.id = digest_items.digest
 WHERE digests.subscription = ?1
   AND digest_items.project IN (SELECT ?2 UNION ALL SELECT id FROM projects WHERE merged_into = ?2)
