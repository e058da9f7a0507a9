"""The key that holds the currency holds the account too: one lock of the account's row, not two."""

from django.db import migrations

from core.constraints import TenantFKConstraint


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_ask_the_provider")]

    operations = [
        migrations.RemoveConstraint(model_name="entry", name="payments_entry_account_fk"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    model_name="entry",
                    constraint=TenantFKConstraint(
                        also=("currency",), field="account", name="entry_in_currency_of_account"
                    ),
                )
            ]
        ),
    ]
