from django.db import migrations

# `inventory_claim_one` for who has paid already: taken and sold in one statement, and what its buyer
# reads comes back with it. In a function for the same reason: its plan is kept.
SELL_ONE = """
CREATE FUNCTION inventory_sell_one(
    _tenant bigint, _sku bigint, _lane integer, _first_day date, _item bigint, _min_days integer,
    _now timestamptz
) RETURNS TABLE (code_id bigint, uid uuid, card_no bytea, secret bytea, expires_on date)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
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
        UPDATE inventory_code SET state = 'sold'
         WHERE tenant_id = _tenant AND id = (SELECT id FROM picked)
        RETURNING id, uid, card_no, secret, expires_on),
    held AS (
        INSERT INTO inventory_hold (tenant_id, item_id, sku_id, code_id, buyer_key, min_days_left,
                                    state, until, made_at, ended_at, ended_why)
        SELECT _tenant, _item, _sku, id, '', _min_days, 'sold', NULL, _now, _now, '' FROM taken)
    SELECT taken.id, taken.uid, taken.card_no, taken.secret, taken.expires_on FROM taken;
END $$;
"""
SELL_ONE_BACK = "DROP FUNCTION inventory_sell_one"


class Migration(migrations.Migration):
    dependencies = [("inventory", "0010_keys_that_say_more")]
    operations = [migrations.RunSQL(SELL_ONE, SELL_ONE_BACK)]
