import core.constraints
import core.scope
from django.db import migrations, models

MEASURES = [
    "orders", "lines", "units", "list_e4", "revenue_e4", "cost_e4", "fee_e4", "refund_e4",
    "delivered", "failed",
]
_MEASURES_SQL = "".join(f", {name} bigint NOT NULL DEFAULT 0" for name in MEASURES)
_MINE = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint"


def _guard(table):
    return f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY {table}_policy ON {table} USING ({_MINE}) WITH CHECK ({_MINE});
    """


# Django writes no PARTITION BY.
TABLES = f"""
CREATE TABLE analytics_fact (
    tenant_id bigint NOT NULL, at timestamptz NOT NULL, order_id bigint NOT NULL,
    kind varchar(5) NOT NULL, sku_id bigint NOT NULL, supplier_id bigint NOT NULL,
    channel varchar(20) NOT NULL, province varchar(12) NOT NULL, buyer bigint NOT NULL,
    took smallint NOT NULL DEFAULT -1 {_MEASURES_SQL},
    PRIMARY KEY (tenant_id, at, order_id, kind, sku_id, supplier_id)
) PARTITION BY RANGE (at);
CREATE INDEX fact_of_order ON analytics_fact (tenant_id, order_id);
CREATE TABLE analytics_bucket (
    tenant_id bigint NOT NULL, cut varchar(8) NOT NULL, at timestamptz NOT NULL,
    sku_id bigint NOT NULL, supplier_id bigint NOT NULL, channel varchar(20) NOT NULL,
    province varchar(12) NOT NULL, took smallint NOT NULL {_MEASURES_SQL},
    PRIMARY KEY (tenant_id, cut, at, sku_id, supplier_id, channel, province, took)
) PARTITION BY RANGE (at);
CREATE TABLE analytics_buyerday (
    tenant_id bigint NOT NULL, at timestamptz NOT NULL, buyer bigint NOT NULL,
    orders bigint NOT NULL DEFAULT 0, revenue_e4 bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, at, buyer)
) PARTITION BY RANGE (at);
{_guard("analytics_fact")} {_guard("analytics_bucket")} {_guard("analytics_buyerday")}
"""
TABLES_BACK = "DROP TABLE analytics_fact, analytics_bucket, analytics_buyerday"

# A month's tables are made when its first row comes. The working role owns nothing, so the owner's
# function makes them, under names and with rules that nobody chooses; they are reached by their
# parents only.
MONTHS = f"""
CREATE FUNCTION analytics_make_month(_month timestamptz) RETURNS void
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' LANGUAGE plpgsql AS $$
DECLARE parent text; part text; first timestamptz := date_trunc('month', _month);
BEGIN
    IF first < '2010-01-01' OR first > '2100-01-01' THEN
        RAISE EXCEPTION 'no month of figures';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('analytics_make_month'));
    FOREACH parent IN ARRAY ARRAY['analytics_fact', 'analytics_bucket', 'analytics_buyerday'] LOOP
        part := parent || to_char(first, '_YYYYMM');
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                       part, parent, first, first + interval '1 month');
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', part);
        EXECUTE format('CREATE POLICY %I ON %I USING (%s) WITH CHECK (%s)', part || '_policy', part,
                       $sql${_MINE}$sql$, $sql${_MINE}$sql$);
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, app_rw', part);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION analytics_make_month FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analytics_make_month TO app_rw, app_ops;
"""
MONTHS_BACK = "DROP FUNCTION analytics_make_month"


def _tenant():
    return ("tenant_id", models.BigIntegerField(default=core.scope.bound_tenant, editable=False))


def _measures():
    return [(name, models.BigIntegerField(default=0)) for name in MEASURES]


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0001_roles")]

    operations = [
        migrations.CreateModel(
            name="Touched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                _tenant(),
                ("order_id", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    core.constraints.TenantPolicy(name="analytics_touched_policy"),
                    models.UniqueConstraint(fields=("tenant_id", "id"), name="analytics_touched_tenant_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                _tenant(),
                ("counted_at", models.DateTimeField(null=True)),
                ("rebuilt_at", models.DateTimeField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("drift_e4", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    core.constraints.TenantPolicy(name="analytics_progress_policy"),
                    models.UniqueConstraint(fields=("tenant_id", "id"), name="analytics_progress_tenant_id"),
                    models.UniqueConstraint(fields=("tenant_id",), name="progress_once"),
                ],
            },
        ),
        migrations.RunSQL(
            TABLES,
            TABLES_BACK,
            state_operations=[
                migrations.CreateModel(
                    name="Fact",
                    fields=[
                        _tenant(),
                        *_measures(),
                        ("pk", models.CompositePrimaryKey("tenant_id", "at", "order_id", "kind", "sku_id", "supplier_id", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("at", models.DateTimeField(verbose_name="at")),
                        ("order_id", models.BigIntegerField()),
                        ("kind", models.CharField(choices=[("sold", "Sold"), ("shown", "Shown")], max_length=5)),
                        ("sku_id", models.BigIntegerField()),
                        ("supplier_id", models.BigIntegerField()),
                        ("channel", models.CharField(max_length=20)),
                        ("province", models.CharField(max_length=12)),
                        ("buyer", models.BigIntegerField()),
                        ("took", models.SmallIntegerField(default=-1)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["tenant_id", "order_id"], name="fact_of_order")],
                        "constraints": [core.constraints.TenantPolicy(name="analytics_fact_policy")],
                    },
                ),
                migrations.CreateModel(
                    name="Bucket",
                    fields=[
                        _tenant(),
                        *_measures(),
                        ("pk", models.CompositePrimaryKey("tenant_id", "cut", "at", "sku_id", "supplier_id", "channel", "province", "took", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("cut", models.CharField(choices=[("hour", "Hour"), ("sku", "Sku"), ("supplier", "Supplier"), ("place", "Place"), ("speed", "Speed"), ("shown", "Shown")], max_length=8)),
                        ("at", models.DateTimeField()),
                        ("sku_id", models.BigIntegerField()),
                        ("supplier_id", models.BigIntegerField()),
                        ("channel", models.CharField(max_length=20)),
                        ("province", models.CharField(max_length=12)),
                        ("took", models.SmallIntegerField()),
                    ],
                    options={
                        "constraints": [core.constraints.TenantPolicy(name="analytics_bucket_policy")],
                    },
                ),
                migrations.CreateModel(
                    name="BuyerDay",
                    fields=[
                        _tenant(),
                        ("pk", models.CompositePrimaryKey("tenant_id", "at", "buyer", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("buyer", models.BigIntegerField()),
                        ("orders", models.BigIntegerField(default=0)),
                        ("revenue_e4", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [core.constraints.TenantPolicy(name="analytics_buyerday_policy")],
                    },
                ),
            ],
        ),
        migrations.RunSQL(MONTHS, MONTHS_BACK),
    ]
