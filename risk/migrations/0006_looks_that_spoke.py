from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # every order writes the table: nobody waits while it is indexed

    dependencies = [
        ('risk', '0005_reviews'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='assessment',
            index=models.Index(condition=models.Q(('spoken', []), _negated=True), fields=['tenant_id', 'at'], name='assessment_spoken'),
        ),
    ]
