INSERT INTO total_sums (topic, kind, currency, year, month, sum, disclosed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (topic, kind, currency, year, month) DO UPDATE SET
    sum = sum + excluded.sum,
    disclosed = disclosed + excluded.disclosed
