-- The largest sums first: whether a project broke a record is asked in every settlement.
CREATE INDEX counted_sums_by_value ON counted_sums (kind, currency, value) WHERE value IS NOT NULL;
