from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0008_saved_views'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='theme',
            field=models.CharField(choices=[('light', 'light'), ('dark', 'dark'), ('auto', 'as the system says')], db_default='auto', default='auto', max_length=5, verbose_name='appearance'),
        ),
    ]
