INSERT INTO total_counts (topic, cell, word, year, month, count)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (topic, cell, word, year, month) DO UPDATE SET count = count + excluded.count
