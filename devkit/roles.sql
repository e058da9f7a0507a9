-- The three roles behind one database (see docs/operations/README.md). Safe to run again. Passwords are set
-- by whoever runs this: devkit on a developer's machine, devkit/compose-init.sh under Docker.
DO $$
BEGIN
    -- Owns the database and every table, runs migrations. BYPASSRLS, because row-level security is
    -- forced on owners too and a data migration would see no rows.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_owner') THEN
        CREATE ROLE app_owner LOGIN NOSUPERUSER CREATEDB BYPASSRLS;
    END IF;

    -- Web and workers: owns nothing, cannot look past its tenant.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_rw') THEN
        CREATE ROLE app_rw LOGIN NOSUPERUSER NOCREATEDB NOBYPASSRLS;
    END IF;

    -- The sweeper's look across tenants and the operator's back office.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_ops') THEN
        CREATE ROLE app_ops LOGIN NOSUPERUSER NOCREATEDB BYPASSRLS;
    END IF;
    -- A web process that waits for something in the middle of a transaction holds its locks: the
    -- server ends it, whatever it waits for.
    ALTER ROLE app_rw SET idle_in_transaction_session_timeout = '2min';
END
$$;
