SELECT current.content
  FROM projects AS asked
  JOIN projects AS current ON current.id = coalesce(asked.merged_into, asked.id)
 WHERE asked.id = ?1 AND current.content IS NOT NULL
