from django.db import migrations

# The directory is read before the tenant is known, and written only for the tenant in force
# (the operator's role bypasses row-level security).
MINE = "nullif(current_setting('app.tenant_id', true), '')::bigint"
DIRECTORY = f"""
ALTER TABLE tenants_merchant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants_merchant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenants_merchant_read ON tenants_merchant FOR SELECT USING (true);
CREATE POLICY tenants_merchant_own ON tenants_merchant USING (id = {MINE}) WITH CHECK (id = {MINE});
ALTER TABLE tenants_domain ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants_domain FORCE ROW LEVEL SECURITY;
CREATE POLICY tenants_domain_read ON tenants_domain FOR SELECT USING (true);
CREATE POLICY tenants_domain_own ON tenants_domain
    USING (merchant_id = {MINE}) WITH CHECK (merchant_id = {MINE});
"""
DIRECTORY_BACK = """
DROP POLICY tenants_merchant_read ON tenants_merchant;
DROP POLICY tenants_merchant_own ON tenants_merchant;
ALTER TABLE tenants_merchant DISABLE ROW LEVEL SECURITY;
DROP POLICY tenants_domain_read ON tenants_domain;
DROP POLICY tenants_domain_own ON tenants_domain;
ALTER TABLE tenants_domain DISABLE ROW LEVEL SECURITY;
"""
# The trigger holds for every role; who can drop it (the owner) leaves a broken hash chain behind.
APPEND_ONLY = """
CREATE FUNCTION core_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON tenants_auditrow
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON tenants_auditseal
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
REVOKE UPDATE, DELETE ON tenants_auditrow FROM app_rw, app_ops;
"""
APPEND_ONLY_BACK = """
DROP TRIGGER audit_append_only ON tenants_auditrow;
DROP TRIGGER audit_seal_append_only ON tenants_auditseal;
DROP FUNCTION core_append_only();
GRANT UPDATE, DELETE ON tenants_auditrow TO app_rw, app_ops;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]
    operations = [
        migrations.RunSQL(DIRECTORY, DIRECTORY_BACK),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
    ]
