import core.constraints
import core.scope
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0009_theme'),
    ]

    operations = [
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant_id', models.BigIntegerField(default=core.scope.bound_tenant, editable=False)),
                ('ref', models.CharField(max_length=16)),
                ('token', models.BinaryField()),
                ('reason', models.CharField(max_length=200)),
                ('began_at', models.DateTimeField(null=True)),
                ('until', models.DateTimeField()),
                ('member', core.scope.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.member')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [core.constraints.TenantPolicy(name='tenants_visit_policy'), models.UniqueConstraint(fields=('tenant_id', 'id'), name='tenants_visit_tenant_id'), core.constraints.TenantFKConstraint(field='member', name='tenants_visit_member_fk'), models.UniqueConstraint(fields=('tenant_id', 'ref'), name='visit_ref_once'), models.UniqueConstraint(fields=('tenant_id', 'token'), name='visit_token_once')],
            },
        ),
    ]
