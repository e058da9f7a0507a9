from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('risk', '0011_ranges_by_trait'),
    ]

    operations = [
        migrations.AddField(
            model_name='assessment',
            name='payer',
            field=models.BinaryField(null=True),
        ),
    ]
