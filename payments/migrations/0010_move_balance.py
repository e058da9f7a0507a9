from django.db import migrations

# True: moved. False: it would go below its floor. NULL: the account keeps no balance. Asked beside
# a sale's other writes, so that the row is locked for the rest of one statement and the commit.
MOVE_BALANCE = """
CREATE FUNCTION payments_move_balance(_tenant bigint, _account bigint, _amount bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payments_balance SET balance_e4 = balance_e4 + _amount
     WHERE tenant_id = _tenant AND account_id = _account AND balance_e4 + _amount >= floor_e4;
    IF FOUND THEN RETURN true; END IF;
    PERFORM 1 FROM payments_balance WHERE tenant_id = _tenant AND account_id = _account;
    RETURN CASE WHEN FOUND THEN false END;
END $$;
"""
MOVE_BALANCE_BACK = "DROP FUNCTION payments_move_balance"


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_four_decimals_from_balances")]
    operations = [migrations.RunSQL(MOVE_BALANCE, MOVE_BALANCE_BACK)]
