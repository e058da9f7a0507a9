from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON fulfillment_latemove
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
REVOKE UPDATE, DELETE ON fulfillment_latemove FROM app_rw, app_ops;
"""
APPEND_ONLY_BACK = """
GRANT UPDATE, DELETE ON fulfillment_latemove TO app_rw, app_ops;
DROP TRIGGER append_only ON fulfillment_latemove;
"""


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0006_late_arrivals"), ("tenants", "0002_guards")]
    operations = [migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK)]
