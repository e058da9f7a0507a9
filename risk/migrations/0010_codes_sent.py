from django.db import migrations, models

_WAYS = [
    ('slider', 'a slider'), ('words', 'a question'), ('mail', 'a code sent by mail'),
    ('sms', 'a code sent by SMS'),
]


class Migration(migrations.Migration):

    dependencies = [
        ('risk', '0009_words_known'),
    ]

    operations = [
        migrations.AddField(
            model_name='challenge',
            name='code',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='challenge',
            name='target',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='challenge',
            name='shown',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AlterField(
            model_name='challenge',
            name='answer',
            field=models.CharField(blank=True, max_length=8),
        ),
        migrations.AlterField(
            model_name='challenge',
            name='way',
            field=models.CharField(choices=_WAYS, max_length=8),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='verified',
            field=models.CharField(blank=True, choices=_WAYS, db_default='', default='', max_length=8),
        ),
        # A table of the last hour: it is looked through at once.
        migrations.RemoveConstraint(
            model_name='challenge',
            name='challenge_way_known',
        ),
        migrations.AddConstraint(
            model_name='challenge',
            constraint=models.CheckConstraint(condition=models.Q(('way__in', ['slider', 'words', 'mail', 'sms'])), name='challenge_way_known'),
        ),
        migrations.AddConstraint(
            model_name='challenge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('code__isnull', False), ('target__isnull', False), ('way__in', ('mail', 'sms'))), models.Q(models.Q(('way__in', ('mail', 'sms')), _negated=True), models.Q(('answer', ''), _negated=True), ('code__isnull', True), ('target__isnull', True)), _connector='OR'), name='challenge_code_is_a_digest'),
        ),
    ]
