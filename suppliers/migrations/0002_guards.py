from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON suppliers_attemptmove
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
REVOKE UPDATE, DELETE ON suppliers_attemptmove FROM app_rw, app_ops;
"""
APPEND_ONLY_BACK = """
GRANT UPDATE, DELETE ON suppliers_attemptmove TO app_rw, app_ops;
DROP TRIGGER append_only ON suppliers_attemptmove;
"""


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0001_initial"), ("tenants", "0002_guards")]
    operations = [migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK)]
