-- The database in which partners try the API, for the two roles of roles.sql.
CREATE DATABASE planner_sandbox OWNER planner_owner;
\connect planner_sandbox
GRANT USAGE ON SCHEMA public TO planner_app;
GRANT CREATE ON SCHEMA public TO planner_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE planner_owner
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO planner_app;
ALTER DEFAULT PRIVILEGES FOR ROLE planner_owner
  GRANT USAGE, SELECT ON SEQUENCES TO planner_app;
