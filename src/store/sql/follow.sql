-- ?1 a project: each that became part of it is now part of the one that has the first of its notices.
WITH went AS (
    SELECT merged.id, members.project
      FROM projects AS merged
      JOIN project_merges ON project_merges.id = (SELECT max(id) FROM project_merges WHERE from_project = merged.id)
      JOIN members ON members.notice = project_merges.notices ->> 0
     WHERE merged.merged_into = ?1
)
UPDATE projects
   SET merged_into = (SELECT project FROM went WHERE went.id = projects.id)
 WHERE merged_into = ?1
   AND id IN (SELECT id FROM went WHERE project <> ?1)
