-- What stands under the folded names of the JSON array ?1.
SELECT filings.batch, filings.filed_on, filings.holder, filings.service, filings.number
  FROM json_each(?1) AS wanted
 CROSS JOIN filings ON filings.holder_key = wanted.value AND filings.replaced_by IS NULL
 ORDER BY filings.import, filings.line
