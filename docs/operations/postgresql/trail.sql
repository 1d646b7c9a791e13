-- After each migrate and each restore: nobody who works with rows changes the trail.
REVOKE UPDATE, DELETE, TRUNCATE ON programs_auditevent FROM planner_app;
-- For an installation whose role was made before its backups needed it.
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO planner_app;
