from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="fact",
            name="kind",
            field=models.CharField(choices=[("sold", "Sold"), ("shown", "Shown"), ("tried", "Tried")], max_length=5),
        ),
        migrations.AlterField(
            model_name="bucket",
            name="cut",
            field=models.CharField(choices=[("hour", "Hour"), ("sku", "Sku"), ("supplier", "Supplier"), ("place", "Place"), ("speed", "Speed"), ("shown", "Shown"), ("tried", "Tried")], max_length=8),
        ),
    ]
