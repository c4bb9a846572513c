-- Everything that today's notices print of organisations: one row for what is printed alike, with its first and last day.
SELECT name, code, address, min(published_on) AS first_on, max(published_on) AS last_on
  FROM mentions
 GROUP BY key, name, address
