SELECT (SELECT count(*) FROM notices) AS notices,
       (SELECT count(*) FROM notice_versions) AS versions,
       (SELECT count(*) FROM projects WHERE content IS NOT NULL AND merged_into IS NULL) AS projects,
       (SELECT count(*) FROM projects
         WHERE content IS NOT NULL AND merged_into IS NULL AND weight IN ('subject', 'item')) AS relevant_projects,
       (SELECT count(*) FROM changes) AS changes,
       (SELECT count(*) FROM bodies) AS bodies,
       (SELECT coalesce(sum(problem_count), 0) FROM notices WHERE problem_count > 0) AS problems
