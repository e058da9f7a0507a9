from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('risk', '0005_reviews'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='assessment',
            index=models.Index(condition=models.Q(('spoken', []), _negated=True), fields=['tenant_id', 'at'], name='assessment_spoken'),
        ),
    ]
