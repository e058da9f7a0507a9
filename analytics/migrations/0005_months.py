"""Sums of months, and those of days that a year is read from, made of the sums that are there.

What an older release counts while both run is missing in them until the next nightly check.
"""

from django.db import migrations, models

MEASURES = (
    "orders", "lines", "units", "list_e4", "revenue_e4", "cost_e4", "fee_e4", "refund_e4",
    "delivered", "failed",
)
SUMS = ", ".join(f"sum(bucket.{name})" for name in MEASURES)
COARSER = f"""
    SELECT analytics_make_month(first - interval '1 day')
      FROM (SELECT date_trunc('month', min(at) AT TIME ZONE 'UTC') AS first
              FROM analytics_bucket) AS oldest
     WHERE first IS NOT NULL;
    INSERT INTO analytics_bucket (tenant_id, cut, at, sku_id, supplier_id, channel, province, took,
                                  {", ".join(MEASURES)})
    SELECT bucket.tenant_id, new.cut, new.at, new.sku_id, new.supplier_id, new.channel, new.province,
           new.took, {SUMS}
      FROM analytics_bucket AS bucket
      JOIN tenants_merchant AS shop ON shop.id = bucket.tenant_id
     CROSS JOIN LATERAL (VALUES
           (date_trunc('day', at, shop.time_zone), date_trunc('month', at, shop.time_zone))
         ) AS clock (day, month)
     CROSS JOIN LATERAL (VALUES
           ('hour', 'day', day, 0::bigint, 0::bigint, channel, '', -1),
           ('sku', 'skus', month, sku_id, 0, '', '', -1),
           ('place', 'places', month, 0, 0, '', province, -1),
           ('speed', 'pace', day, 0, 0, '', '', took),
           ('tried', 'tries', month, sku_id, supplier_id, '', '', took)
         ) AS new (was, cut, at, sku_id, supplier_id, channel, province, took)
     WHERE bucket.cut = new.was
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        ON CONFLICT DO NOTHING;
    WITH gone AS (DELETE FROM analytics_bucket WHERE cut = 'sku' RETURNING *)
    INSERT INTO analytics_bucket (tenant_id, cut, at, sku_id, supplier_id, channel, province, took,
                                  {", ".join(MEASURES)})
    SELECT tenant_id, cut, at, sku_id, supplier_id, '', province, took, {SUMS}
      FROM gone AS bucket GROUP BY 1, 2, 3, 4, 5, 7, 8;
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0004_nightly")]

    operations = [
        migrations.AlterField(
            model_name="bucket",
            name="cut",
            field=models.CharField(
                choices=[
                    ("hour", "Hour"), ("day", "Day"), ("sku", "Sku"), ("skus", "Sku Month"),
                    ("supplier", "Supplier"), ("place", "Place"), ("places", "Place Month"),
                    ("speed", "Speed"), ("pace", "Pace"), ("shown", "Shown"), ("tried", "Tried"),
                    ("tries", "Tried Month"),
                ],
                max_length=8,
            ),
        ),
        migrations.RunSQL(COARSER, "DELETE FROM analytics_bucket WHERE cut IN ('day', 'skus', 'places', 'pace', 'tries')"),
    ]
