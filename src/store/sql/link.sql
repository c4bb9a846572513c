INSERT INTO members (notice, project, rule, confidence, linked_at)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (notice) DO UPDATE SET
    project = excluded.project,
    rule = excluded.rule,
    confidence = excluded.confidence,
    linked_at = excluded.linked_at
WHERE project <> excluded.project
