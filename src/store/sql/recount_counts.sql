-- Cells of the kept counts beside what the projects say they were counted for.
WITH recounted AS (
    SELECT projects.counted_topic AS topic, 'of' AS cell, counted_sums.kind AS word, projects.counted_year AS year,
           projects.counted_month AS month, count(*) AS count
      FROM projects
      JOIN counted_sums ON counted_sums.project = projects.id
     WHERE projects.counted_topic IS NOT NULL
     GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT counted_topic, 'status', counted_status, counted_year, counted_month, count(*)
      FROM projects
     WHERE counted_topic IS NOT NULL
     GROUP BY 1, 2, 3, 4, 5
)
SELECT coalesce(total_counts.topic, recounted.topic) AS topic, coalesce(total_counts.cell, recounted.cell) AS cell,
       coalesce(total_counts.word, recounted.word) AS word,
       coalesce(total_counts.year, recounted.year) AS year, coalesce(total_counts.month, recounted.month) AS month,
       coalesce(total_counts.count, 0) AS kept, coalesce(recounted.count, 0) AS recounted
  FROM total_counts
  FULL JOIN recounted USING (topic, cell, word, year, month)
 ORDER BY 1, 2, 3, 4, 5
