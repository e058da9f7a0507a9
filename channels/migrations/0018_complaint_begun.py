from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0017_people_factors'),
    ]

    operations = [
        migrations.AddField(
            model_name='doorcomplaint',
            name='is_begun_told',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
