-- The list as it was known at the instant ?1.
SELECT filings.batch, filings.filed_on, filings.holder, filings.service, filings.number
  FROM filings
  JOIN filing_imports AS brought ON brought.id = filings.import
  LEFT JOIN filing_imports AS replacing ON replacing.id = filings.replaced_by
 WHERE brought.imported_at <= ?1 AND (replacing.imported_at IS NULL OR replacing.imported_at > ?1)
 ORDER BY filings.import, filings.line
