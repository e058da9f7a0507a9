from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0003_claims'),
    ]

    operations = [
        migrations.AddField(
            model_name='partner',
            name='low_at',
            field=models.DateTimeField(null=True, verbose_name='balance low since'),
        ),
    ]
