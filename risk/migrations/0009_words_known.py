from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('risk', '0008_persons'),
    ]

    operations = [
        ValidateConstraint(model_name='assessment', name='assessment_words_known'),
    ]
