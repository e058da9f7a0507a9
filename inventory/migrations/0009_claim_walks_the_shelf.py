from django.db import migrations

# As before, but the batch is asked of each code in its turn. As a join, the planner took it for so
# rare that a code passes that it fetched and sorted the whole shelf to hand out the first of it.
CLAIM_ONE = """
CREATE OR REPLACE FUNCTION inventory_claim_one(
    _tenant bigint, _sku bigint, _lane integer, _first_day date, _item bigint, _buyer text,
    _min_days integer, _state text, _until timestamptz, _now timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    claimed bigint;
BEGIN
    WITH picked AS (
        SELECT id FROM inventory_code
         WHERE tenant_id = _tenant AND sku_id = _sku AND lane = _lane AND state = 'available'
           AND expires_on = (
               SELECT min(expires_on) FROM inventory_shelf
                WHERE tenant_id = _tenant AND sku_id = _sku
                  AND expires_on >= _first_day AND NOT is_empty)
           AND (SELECT batch.state FROM inventory_batch AS batch
                 WHERE batch.tenant_id = _tenant AND batch.id = inventory_code.batch_id)
               NOT IN ('freezing', 'recalling')
         ORDER BY expires_on, id LIMIT 1
           FOR NO KEY UPDATE OF inventory_code SKIP LOCKED),
    taken AS (
        UPDATE inventory_code SET state = 'reserved'
         WHERE tenant_id = _tenant AND id = (SELECT id FROM picked)
        RETURNING id)
    INSERT INTO inventory_hold (tenant_id, item_id, sku_id, code_id, buyer_key, min_days_left,
                                state, until, made_at, ended_why)
    SELECT _tenant, _item, _sku, id, _buyer, _min_days, _state, _until, _now, ''
      FROM taken
    RETURNING code_id INTO claimed;
    RETURN claimed;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0008_rules_in_functions")]
    # Taken back, the function stays: it is right for the tables as they were, too.
    operations = [migrations.RunSQL(CLAIM_ONE, migrations.RunSQL.noop)]
