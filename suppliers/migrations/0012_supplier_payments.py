import uuid

import django.db.models.deletion
from django.db import migrations, models

import core.constraints
import core.scope


class Migration(migrations.Migration):

    dependencies = [
        ('suppliers', '0011_bills_by_workers'),
    ]

    operations = [
        migrations.AddField(
            model_name='supplier',
            name='pay_days',
            field=models.SmallIntegerField(db_default=0, default=0, verbose_name='days to pay'),
        ),
        migrations.AddConstraint(
            model_name='supplier',
            constraint=models.CheckConstraint(condition=models.Q(('pay_days__gte', 0), ('pay_days__lte', 366)), name='supplier_days_to_pay_within_a_year'),
        ),
        migrations.CreateModel(
            name='SupplierPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant_id', models.BigIntegerField(default=core.scope.bound_tenant, editable=False)),
                ('amount_e4', models.BigIntegerField(verbose_name='amount')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('paid_on', models.DateField(verbose_name='paid on')),
                ('counts_on', models.DateField(verbose_name='pays the cycle of')),
                ('how', models.CharField(choices=[('bank', 'bank transfer'), ('alipay', 'Alipay'), ('wechat', 'WeChat Pay'), ('cash', 'cash'), ('other', 'another way')], max_length=8, verbose_name='how')),
                ('ref', models.CharField(max_length=80, verbose_name='reference')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('by', models.CharField(max_length=80, verbose_name='who')),
                ('made_at', models.DateTimeField(verbose_name='noted at')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='undone at')),
                ('undone_by', models.CharField(blank=True, max_length=80, verbose_name='undone by')),
                ('undone_why', models.CharField(blank=True, max_length=200, verbose_name='undone because')),
                ('supplier', core.scope.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='suppliers.supplier')),
            ],
            options={
                'verbose_name': 'payment to a supplier',
                'verbose_name_plural': 'payments to suppliers',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['tenant_id', 'supplier', 'counts_on'], name='payments_of_supplier')],
                'constraints': [core.constraints.TenantPolicy(name='suppliers_supplierpayment_policy'), models.UniqueConstraint(fields=('tenant_id', 'id'), name='suppliers_supplierpayment_tenant_id'), core.constraints.TenantFKConstraint(field='supplier', name='suppliers_supplierpayment_supplier_fk'), models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('tenant_id', 'supplier', 'ref'), name='supplier_payment_once'), core.constraints.RowRules(models.CheckConstraint(condition=models.Q(('amount_e4__gt', 0)), name='supplier_payment_is_positive'), models.CheckConstraint(condition=models.Q(('how__in', ['bank', 'alipay', 'wechat', 'cash', 'other'])), name='supplier_payment_way_known'), models.CheckConstraint(condition=models.Q(('undone_at__isnull', True), models.Q(('undone_why', ''), _negated=True), _connector='OR'), name='supplier_payment_undone_says_why'), name='suppliers_supplierpayment_rules')],
            },
        ),
        migrations.CreateModel(
            name='PaymentProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant_id', models.BigIntegerField(default=core.scope.bound_tenant, editable=False)),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('title', models.CharField(max_length=120, verbose_name='file')),
                ('kind', models.CharField(max_length=40)),
                ('body', models.BinaryField()),
                ('payment', core.scope.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='proofs', to='suppliers.supplierpayment')),
            ],
            options={
                'constraints': [core.constraints.TenantPolicy(name='suppliers_paymentproof_policy'), models.UniqueConstraint(fields=('tenant_id', 'id'), name='suppliers_paymentproof_tenant_id'), core.constraints.TenantFKConstraint(field='payment', name='suppliers_paymentproof_payment_fk'), models.UniqueConstraint(fields=('tenant_id', 'payment'), name='payment_has_one_proof')],
            },
        ),
    ]
