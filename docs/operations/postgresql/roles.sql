-- Two roles: one owns the tables and migrates, the other works with rows.
-- psql -v owner_password=... -v app_password=... -f roles.sql
CREATE ROLE planner_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE planner_app   LOGIN PASSWORD :'app_password';
CREATE DATABASE planner OWNER planner_owner;
\connect planner
GRANT USAGE ON SCHEMA public TO planner_app;
GRANT CREATE ON SCHEMA public TO planner_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE planner_owner
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO planner_app;
-- SELECT as well: pg_dump reads where a sequence stands.
ALTER DEFAULT PRIVILEGES FOR ROLE planner_owner
  GRANT USAGE, SELECT ON SEQUENCES TO planner_app;
