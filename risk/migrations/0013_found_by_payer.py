from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # every order writes the table: nobody waits while it is indexed

    dependencies = [
        ('risk', '0012_payer'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='assessment',
            index=models.Index(condition=models.Q(('payer__isnull', False)), fields=['tenant_id', 'payer', 'at'], name='assessment_by_payer'),
        ),
    ]
