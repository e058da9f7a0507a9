"""What Postgres alone makes of a sale: one order in, one code out, one commit, by pgbench."""

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
    CREATE TABLE bench_code (id bigserial PRIMARY KEY, lane int NOT NULL, state int NOT NULL);
    CREATE TABLE bench_order (id bigserial PRIMARY KEY, code_id bigint, made_at timestamptz);
    INSERT INTO bench_code (lane, state) SELECT i % 16, 0 FROM generate_series(1, {CODES}) AS i;
    CREATE INDEX bench_code_there ON bench_code (lane, id) WHERE state = 0;
    ANALYZE bench_code;
"""  # noqa: S608 -- our own number
_SALE = r"""
\set lane random(0, 15)
BEGIN;
UPDATE bench_code SET state = 1 WHERE id = (
    SELECT id FROM bench_code WHERE lane = :lane AND state = 0 ORDER BY id LIMIT 1
       FOR UPDATE SKIP LOCKED) RETURNING id AS code \gset
INSERT INTO bench_order (code_id, made_at) VALUES (:code, now());
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
