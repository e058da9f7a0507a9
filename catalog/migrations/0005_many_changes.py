import core.constraints
import core.scope
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0004_longer_sku_refs'),
    ]

    operations = [
        migrations.CreateModel(
            name='ManyChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant_id', models.BigIntegerField(default=core.scope.bound_tenant, editable=False)),
                ('ref', models.CharField(max_length=16)),
                ('verb', models.CharField(max_length=12)),
                ('given', models.JSONField(default=dict)),
                ('was', models.JSONField(default=dict)),
                ('refused', models.JSONField(default=dict)),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('restored', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [core.constraints.TenantPolicy(name='catalog_manychange_policy'), models.UniqueConstraint(fields=('tenant_id', 'id'), name='catalog_manychange_tenant_id'), models.UniqueConstraint(fields=('tenant_id', 'ref'), name='many_change_ref_once')],
            },
        ),
    ]
