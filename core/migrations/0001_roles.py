from django.db import migrations

# The owner makes the tables; the two working roles may use them and own nothing. Tables that come
# later inherit the grants; those that Django made a moment ago get them here.
GRANT = """
GRANT USAGE ON SCHEMA public TO app_rw, app_ops;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app_rw, app_ops;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO app_rw, app_ops;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app_rw, app_ops;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO app_rw, app_ops;
"""
REVOKE = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM app_rw, app_ops;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM app_rw, app_ops;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(GRANT, REVOKE)]
