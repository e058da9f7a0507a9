from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('risk', '0010_codes_sent'),
    ]

    operations = [
        migrations.AlterField(
            model_name='assessment',
            name='ranges',
            field=models.CharField(blank=True, db_default='', default='', max_length=100),
        ),
    ]
