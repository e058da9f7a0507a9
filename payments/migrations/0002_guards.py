from django.db import migrations

# The transition table holds what the statement inserted, whoever may see it afterwards: a deferred
# trigger would look when the tenant is no longer in force, find nothing, and pass.
SUMS_TO_ZERO = """
CREATE FUNCTION payments_journal_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    odd record;
BEGIN
    SELECT tenant_id, journal_id, currency, sum(amount_e4) AS total INTO odd
      FROM fresh GROUP BY tenant_id, journal_id, currency HAVING sum(amount_e4) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal % does not sum to zero: % %', odd.journal_id, odd.total, odd.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_sums_to_zero';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER journal_sums_to_zero AFTER INSERT ON payments_entry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION payments_journal_sums_to_zero();
"""
SUMS_TO_ZERO_BACK = """
DROP TRIGGER journal_sums_to_zero ON payments_entry;
DROP FUNCTION payments_journal_sums_to_zero();
"""

ONE_CURRENCY = """
ALTER TABLE payments_entry ADD CONSTRAINT entry_in_currency_of_account
    FOREIGN KEY (tenant_id, account_id, currency)
    REFERENCES payments_account (tenant_id, id, currency);
"""
ONE_CURRENCY_BACK = "ALTER TABLE payments_entry DROP CONSTRAINT entry_in_currency_of_account;"

TABLES = ("payments_journal", "payments_entry", "payments_paymentmove", "payments_refundmove")
APPEND_ONLY = "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
"""
    for table in TABLES
)
APPEND_ONLY_BACK = "".join(f"DROP TRIGGER append_only ON {table};\n" for table in TABLES)
NO_RIGHT = f"REVOKE UPDATE, DELETE ON {', '.join(TABLES)} FROM app_rw, app_ops;"
NO_RIGHT_BACK = f"GRANT UPDATE, DELETE ON {', '.join(TABLES)} TO app_rw, app_ops;"


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("tenants", "0002_guards")]
    operations = [
        migrations.RunSQL(SUMS_TO_ZERO, SUMS_TO_ZERO_BACK),
        migrations.RunSQL(ONE_CURRENCY, ONE_CURRENCY_BACK),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(NO_RIGHT, NO_RIGHT_BACK),
    ]
