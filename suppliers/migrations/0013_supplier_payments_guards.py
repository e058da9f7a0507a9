from django.db import migrations

# Of a payment only its being undone is written later; a proof is sealed again when keys rotate.
KEPT = """
CREATE TRIGGER never_deleted BEFORE DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
REVOKE DELETE ON {0} FROM app_rw, app_ops;
"""
KEPT_BACK = """
GRANT DELETE ON {0} TO app_rw, app_ops;
DROP TRIGGER never_deleted ON {0};
"""
UNCHANGED = """
CREATE TRIGGER unchanged BEFORE UPDATE OF
    tenant_id, supplier_id, amount_e4, currency, paid_on, counts_on, how, ref, note, by, made_at
    ON suppliers_supplierpayment FOR EACH ROW EXECUTE FUNCTION core_append_only();
"""
UNCHANGED_BACK = "DROP TRIGGER unchanged ON suppliers_supplierpayment;"


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0012_supplier_payments"), ("tenants", "0002_guards")]
    operations = [
        *(
            migrations.RunSQL(KEPT.format(table), KEPT_BACK.format(table))
            for table in ("suppliers_supplierpayment", "suppliers_paymentproof")
        ),
        migrations.RunSQL(UNCHANGED, UNCHANGED_BACK),
    ]
