from django.db import migrations

TABLE = "suppliers_suppliercomplaintmove"
APPEND_ONLY = f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
REVOKE UPDATE, DELETE ON {TABLE} FROM app_rw, app_ops;
"""
APPEND_ONLY_BACK = f"""
GRANT UPDATE, DELETE ON {TABLE} TO app_rw, app_ops;
DROP TRIGGER append_only ON {TABLE};
"""


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0009_complaints"), ("tenants", "0002_guards")]
    operations = [migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK)]
