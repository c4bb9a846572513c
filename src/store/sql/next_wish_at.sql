SELECT min(next_at) FROM (
    SELECT min(next_at) AS next_at FROM wishes WHERE wish = 'unread' AND source = ?1
    UNION ALL
    SELECT min(next_at) FROM wishes WHERE wish = 'revisit' AND source = ?1
)
