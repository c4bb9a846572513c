-- The same of the notices that said by the instant ?1 what they say today.
SELECT mentions.name, mentions.code, mentions.address,
       min(mentions.published_on) AS first_on, max(mentions.published_on) AS last_on
  FROM notices
  JOIN notice_versions ON notice_versions.notice = notices.id AND notice_versions.version = notices.version
  JOIN mentions ON mentions.notice = notices.id
 WHERE notice_versions.read_at <= ?1
 GROUP BY mentions.key, mentions.name, mentions.address
