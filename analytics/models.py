"""What was sold, line by line, and its sums. Written by analytics.services only, all in SQL.

`Fact`, `Bucket` and `BuyerDay` are cut up by months (`analytics_make_month`), so their keys are
what they are about, with the moment: there is no `id`.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.states import Cut, FactKind
from core.constraints import TenantPolicy, tenant_rules
from core.scope import TenantModel


class Touched(TenantModel):
    """An order of which something may count differently now. Written with what happened to it."""

    order_id = models.BigIntegerField()

    class Meta:
        constraints = tenant_rules("analytics_touched")

    def __str__(self) -> str:
        return f"{self.order_id}"


class Progress(TenantModel):
    """How far a shop's figures are: its row is the lock of whoever counts.

    `counted_at` is when nothing waited to be counted any more, `drift_e4` by how much the sums were
    found to differ from the orders at `checked_at`.
    """

    counted_at = models.DateTimeField(null=True)
    rebuilt_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    drift_e4 = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            *tenant_rules("analytics_progress"),
            models.UniqueConstraint(fields=["tenant_id"], name="progress_once"),
        ]

    def __str__(self) -> str:
        return f"{self.counted_at}"


class Measures(models.Model):
    """What is counted of anything sold. `lines` are order lines; an order counts once in `orders`,
    with its first line. All money is in the shop's currency."""

    orders = models.BigIntegerField(default=0)
    lines = models.BigIntegerField(default=0)
    units = models.BigIntegerField(default=0)
    list_e4 = models.BigIntegerField(default=0)
    revenue_e4 = models.BigIntegerField(default=0)
    cost_e4 = models.BigIntegerField(default=0)
    fee_e4 = models.BigIntegerField(default=0)
    refund_e4 = models.BigIntegerField(default=0)
    delivered = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class Fact(Measures, TenantModel):
    """One SKU of one order from one supplier (0: own stock), as the order counts now.

    `took` is the step of the time from paid to delivered (`types.seconds_of_step`), -1 while not
    all of it is. `buyer` is a digest, 0 where nobody is known.
    """

    pk = models.CompositePrimaryKey("tenant_id", "at", "order_id", "kind", "sku_id", "supplier_id")
    at = models.DateTimeField(_("at"))
    order_id = models.BigIntegerField()
    kind = models.CharField(max_length=5, choices=FactKind)
    sku_id = models.BigIntegerField()
    supplier_id = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    province = models.CharField(max_length=12)
    buyer = models.BigIntegerField()
    took = models.SmallIntegerField(default=-1)

    class Meta:
        constraints = [TenantPolicy(name="analytics_fact_policy")]
        indexes = [models.Index(fields=["tenant_id", "order_id"], name="fact_of_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class Bucket(Measures, TenantModel):
    """Sums of facts by the dimensions of one cut; those that it has not are 0, '' or -1.

    `at` is the beginning of an hour, or of a day, by the merchant's clock.
    """

    pk = models.CompositePrimaryKey(
        "tenant_id", "cut", "at", "sku_id", "supplier_id", "channel", "province", "took"
    )
    cut = models.CharField(max_length=8, choices=Cut)
    at = models.DateTimeField()
    sku_id = models.BigIntegerField()
    supplier_id = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    province = models.CharField(max_length=12)
    took = models.SmallIntegerField()

    class Meta:
        constraints = [TenantPolicy(name="analytics_bucket_policy")]

    def __str__(self) -> str:
        return f"{self.cut} {self.at:%F %H}"


class BuyerDay(TenantModel):
    """A buyer on a day (`at` is its beginning): an exact set, so that buyers can be counted."""

    pk = models.CompositePrimaryKey("tenant_id", "at", "buyer")
    at = models.DateTimeField()
    buyer = models.BigIntegerField()
    orders = models.BigIntegerField(default=0)
    revenue_e4 = models.BigIntegerField(default=0)

    class Meta:
        constraints = [TenantPolicy(name="analytics_buyerday_policy")]

    def __str__(self) -> str:
        return f"{self.buyer} {self.at:%F}"
