-- ?1 a project, ?2 a notice: of the projects that became part of it, the one that the notice came with.
SELECT project_merges.from_project
  FROM projects
 CROSS JOIN project_merges ON project_merges.from_project = projects.id
 WHERE projects.merged_into = ?1
   AND EXISTS (SELECT 1 FROM json_each(project_merges.notices) AS held WHERE held.value = ?2)
 ORDER BY project_merges.id DESC
 LIMIT 1
