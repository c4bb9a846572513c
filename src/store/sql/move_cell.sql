INSERT INTO cells (topic, dimension, word, year, month, measure, sum, disclosed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (topic, dimension, word, year, month, measure) DO UPDATE SET
    sum = sum + excluded.sum,
    disclosed = disclosed + excluded.disclosed
