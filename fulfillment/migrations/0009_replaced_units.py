from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0008_four_decimals_from_balances")]
    operations = [
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(
                fields=["tenant_id", "order"],
                name="unit_replaced",
                condition=models.Q(("state", "replaced")),
            ),
        ),
    ]
