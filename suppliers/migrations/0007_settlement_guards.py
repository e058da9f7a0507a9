from django.db import migrations

TABLES = ("suppliers_billmove", "suppliers_breakmove")
APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
REVOKE UPDATE, DELETE ON {0} FROM app_rw, app_ops;
"""
APPEND_ONLY_BACK = """
GRANT UPDATE, DELETE ON {0} TO app_rw, app_ops;
DROP TRIGGER append_only ON {0};
"""


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0006_settlement"), ("tenants", "0002_guards")]
    operations = [
        migrations.RunSQL(APPEND_ONLY.format(table), APPEND_ONLY_BACK.format(table))
        for table in TABLES
    ]
