from django.db import migrations

# The state of a code is in the claim's partial index, so no update of it is heap-only: room in the
# page keeps the new version beside the old one, and the vacuum comes early and often, because a hot
# product's sold entries lie at the very head of the index that claims walk.
STORAGE = """
ALTER TABLE inventory_code SET (
    fillfactor = 85,
    autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_analyze_threshold = 5000, autovacuum_analyze_scale_factor = 0.05,
    autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0
);
ALTER TABLE inventory_hold SET (
    fillfactor = 85,
    autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.05
);
"""
STORAGE_BACK = """
ALTER TABLE inventory_code RESET (
    fillfactor, autovacuum_vacuum_threshold, autovacuum_vacuum_scale_factor,
    autovacuum_analyze_threshold, autovacuum_analyze_scale_factor,
    autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_cost_delay
);
ALTER TABLE inventory_hold RESET (
    fillfactor, autovacuum_vacuum_threshold, autovacuum_vacuum_scale_factor,
    autovacuum_analyze_scale_factor
);
"""
# By trigger, so that no way of loading codes (import, demo, bench) can forget it. One statement per
# load, not per row.
SHELVE = """
CREATE FUNCTION inventory_shelve() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inventory_shelf (tenant_id, sku_id, expires_on, is_empty)
    SELECT DISTINCT tenant_id, sku_id, expires_on, false FROM loaded WHERE state = 'available'
     ORDER BY tenant_id, sku_id, expires_on
    ON CONFLICT (tenant_id, sku_id, expires_on) DO UPDATE SET is_empty = false
        WHERE inventory_shelf.is_empty;
    RETURN NULL;
END $$;
CREATE TRIGGER code_shelved AFTER INSERT ON inventory_code
    REFERENCING NEW TABLE AS loaded FOR EACH STATEMENT EXECUTE FUNCTION inventory_shelve();
"""
SHELVE_BACK = """
DROP TRIGGER code_shelved ON inventory_code;
DROP FUNCTION inventory_shelve();
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [
        migrations.RunSQL(STORAGE, STORAGE_BACK),
        migrations.RunSQL(SHELVE, SHELVE_BACK),
    ]
