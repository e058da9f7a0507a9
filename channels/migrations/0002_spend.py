from django.db import migrations

# What the partner has spent today with this; NULL, and nothing counted, if that is more than he may.
SPEND = """
CREATE FUNCTION channels_spend(_tenant bigint, _partner bigint, _day date, _amount bigint, _most bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    spent bigint;
BEGIN
    INSERT INTO channels_partnerday AS counted (tenant_id, partner_id, day, spent_e4)
    SELECT _tenant, _partner, _day, _amount WHERE _amount <= _most
    ON CONFLICT (tenant_id, partner_id, day) DO UPDATE SET spent_e4 = counted.spent_e4 + _amount
     WHERE counted.spent_e4 + _amount <= _most
    RETURNING counted.spent_e4 INTO spent;
    RETURN spent;
END $$;
"""
SPEND_BACK = "DROP FUNCTION channels_spend"


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial")]
    operations = [migrations.RunSQL(SPEND, SPEND_BACK)]
