SELECT (SELECT min(wake_at) FROM subscriptions WHERE wake_at IS NOT NULL) AS wake_at,
       (SELECT max(wake_from) FROM subscriptions WHERE wake_from IS NOT NULL) AS wake_from,
       (SELECT min(watermark) FROM subscriptions WHERE on_news = 1) AS heard
