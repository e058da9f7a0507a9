import core.constraints
import core.scope
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0007_demands_second_factor'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant_id', models.BigIntegerField(default=core.scope.bound_tenant, editable=False)),
                ('ref', models.CharField(max_length=16)),
                ('listing', models.CharField(max_length=60)),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('query', models.CharField(blank=True, max_length=1000)),
                ('by', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('member', core.scope.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.member')),
            ],
            options={
                'constraints': [core.constraints.TenantPolicy(name='tenants_savedview_policy'), models.UniqueConstraint(fields=('tenant_id', 'id'), name='tenants_savedview_tenant_id'), core.constraints.TenantFKConstraint(field='member', name='tenants_savedview_member_fk'), models.UniqueConstraint(fields=('tenant_id', 'ref'), name='saved_view_ref_once'), models.UniqueConstraint(fields=('tenant_id', 'listing', 'member', 'name'), name='saved_view_name_once', nulls_distinct=False)],
            },
        ),
    ]
