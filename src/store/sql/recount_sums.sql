-- Cells of the kept sums beside what the projects say they were counted for.
WITH recounted AS (
    SELECT projects.counted_topic AS topic, counted_sums.kind, counted_sums.currency, projects.counted_year AS year,
           projects.counted_month AS month, sum(counted_sums.value) AS sum, count(*) AS disclosed
      FROM projects
      JOIN counted_sums ON counted_sums.project = projects.id
     WHERE projects.counted_topic IS NOT NULL AND counted_sums.value IS NOT NULL
     GROUP BY 1, 2, 3, 4, 5
)
SELECT coalesce(total_sums.topic, recounted.topic) AS topic, coalesce(total_sums.kind, recounted.kind) AS kind,
       coalesce(total_sums.currency, recounted.currency) AS currency,
       coalesce(total_sums.year, recounted.year) AS year, coalesce(total_sums.month, recounted.month) AS month,
       coalesce(total_sums.sum, 0) AS kept_sum, coalesce(total_sums.disclosed, 0) AS kept_disclosed,
       coalesce(recounted.sum, 0) AS recounted_sum, coalesce(recounted.disclosed, 0) AS recounted_disclosed
  FROM total_sums
  FULL JOIN recounted USING (topic, kind, currency, year, month)
 ORDER BY 1, 2, 3, 4, 5
