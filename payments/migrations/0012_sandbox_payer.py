from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0011_into_a_balance'),
    ]

    operations = [
        migrations.AddField(
            model_name='sandboxtrade',
            name='payer',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
    ]
