INSERT INTO project_merges (into_project, from_project, notices, merged_at)
SELECT ?1, ?2, (SELECT json_group_array(notice ORDER BY notice) FROM members WHERE project = ?2), ?3
