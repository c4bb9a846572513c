SELECT (SELECT max(changed_at) FROM subscribers WHERE standing = 'active') AS changed_at,
       (SELECT count(*) FROM subscribers WHERE standing = 'active') AS active,
       (SELECT count(*) FROM departures) AS departed
