-- Nothing to do here: what this changes costs only SQLite something (docs/adr/0031). PostgreSQL sees that both ways of
-- saying it are the same.
SELECT 1;
