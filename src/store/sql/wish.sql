-- A wish that is there already comes no later for being wished again. An unread page stays unread and keeps its telling:
-- what stood there at the first look is not news because its row was touched since.
INSERT INTO wishes (source, native_id, wish, telling, published_at, next_at)
VALUES (:source, :native_id, :wish, :telling, :published_at, :next_at)
ON CONFLICT (source, native_id) DO UPDATE SET
    telling = CASE wish WHEN 'unread' THEN telling ELSE excluded.telling END,
    published_at = coalesce(excluded.published_at, published_at),
    next_at = min(next_at, excluded.next_at)
