"""What Postgres alone makes of a sale: one order in, one code out, one commit, by pgbench.

A hot product with lanes, half of it sold; synchronous commit as the server has it.
"""

import os
import re
import subprocess
import tempfile

from django.db import connections as databases

from devkit.binaries import find_postgres

SECONDS = 10
CODES = 250_000
_TABLES = f"""
    DROP TABLE IF EXISTS bench_code, bench_order;
    CREATE TABLE bench_order (
        id bigserial PRIMARY KEY, tenant_id bigint NOT NULL, sku_id bigint NOT NULL,
        number text NOT NULL, amount bigint NOT NULL, state text NOT NULL, made_at timestamptz,
        UNIQUE (tenant_id, number));
    CREATE INDEX bench_order_newest ON bench_order (tenant_id, made_at);
    CREATE TABLE bench_code (
        id bigserial PRIMARY KEY, tenant_id bigint NOT NULL, sku_id bigint NOT NULL,
        lane int NOT NULL, state text NOT NULL, secret bytea NOT NULL, order_id bigint);
    INSERT INTO bench_code (tenant_id, sku_id, lane, state, secret)
    SELECT 1, 1, i % 16, CASE WHEN i % 2 = 0 THEN 'sold' ELSE 'available' END,
           uuid_send(gen_random_uuid()) FROM generate_series(1, {CODES}) AS i;
    CREATE INDEX bench_code_there ON bench_code (tenant_id, sku_id, lane, id)
     WHERE state = 'available';
    ANALYZE bench_code;
"""  # noqa: S608 -- our own number
_SALE = r"""
\set lane random(0, 15)
BEGIN;
INSERT INTO bench_order (tenant_id, sku_id, number, amount, state, made_at)
VALUES (1, 1, gen_random_uuid()::text, 1480000, 'completed', now()) RETURNING id \gset
UPDATE bench_code SET state = 'sold', order_id = :id WHERE id = (
    SELECT id FROM bench_code
     WHERE tenant_id = 1 AND sku_id = 1 AND lane = :lane AND state = 'available'
     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING secret;
COMMIT;
"""
# How pgbench is told where to go.
_ADDRESS = {
    "PGHOST": "host",
    "PGPORT": "port",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGDATABASE": "dbname",
}
_TPS = re.compile(r"tps = ([0-9.]+)")


def smallest_sale_per_second(*, connections: int) -> float:
    """Transactions a second on one hot product; synchronous commit as the server has it."""
    with databases["owner"].cursor() as cursor:
        cursor.execute(_TABLES)
    asked = databases["owner"].get_connection_params()
    address = {variable: str(asked[name]) for variable, name in _ADDRESS.items() if asked.get(name)}
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_SALE)
        script.flush()
        load = ["-n", "-c", str(connections), "-j", "2", "-T", str(SECONDS), "-f", script.name]
        said = subprocess.run(  # noqa: S603 -- our own program
            [find_postgres()["pgbench"], *load],
            env=os.environ | address,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    with databases["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE bench_code, bench_order")
    found = _TPS.search(said)
    if found is None:
        raise SystemExit(f"pgbench said: {said}")
    return float(found[1])
