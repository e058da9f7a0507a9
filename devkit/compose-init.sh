#!/bin/sh
# Run once by the postgres container, on an empty data folder. The same roles.sql as on a
# developer's machine; the passwords come from .env.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -f /devkit/roles.sql
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres \
     -v owner="$APP_OWNER_PASSWORD" -v rw="$APP_RW_PASSWORD" -v ops="$APP_OPS_PASSWORD" <<'SQL'
ALTER ROLE app_owner PASSWORD :'owner';
ALTER ROLE app_rw PASSWORD :'rw';
ALTER ROLE app_ops PASSWORD :'ops';
CREATE DATABASE quanyi OWNER app_owner ENCODING 'UTF8' TEMPLATE template0;
SQL
