"""What was sold, line by line, and its sums. Written by analytics.services only, all in SQL.

`Fact`, `Bucket` and `BuyerDay` are cut up by months (`analytics_make_month`), so their keys are
what they are about, with the moment: there is no `id`.
"""

from django.contrib.postgres.fields import ArrayField
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
    found to differ from the orders at `checked_at`, `differing` in how many measures; `mended_at`
    is when the nightly check last had to mend something. `recut_at` is from when on all sums are
    to be made anew, by another clock; who does has the lease.
    """

    counted_at = models.DateTimeField(null=True)
    rebuilt_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    drift_e4 = models.BigIntegerField(default=0)
    differing = models.IntegerField(default=0)
    mended_at = models.DateTimeField(null=True)
    recut_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)

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
        indexes = [
            models.Index(fields=["tenant_id", "order_id"], name="fact_of_order"),
            models.Index(
                fields=["tenant_id", "buyer"],
                name="fact_of_buyer",
                condition=models.Q(kind=FactKind.SOLD) & ~models.Q(buyer=0),
            ),
        ]

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


class Buyer(TenantModel):
    """A buyer, as all his facts say now: `months` (their first days) have what was net of each in
    `nets_e4`, in their order. `digest` is the facts' `buyer`."""

    digest = models.BigIntegerField()
    first_at = models.DateTimeField(_("first order"))
    last_at = models.DateTimeField(_("last order"))
    last_order_id = models.BigIntegerField()
    orders = models.IntegerField(_("orders"))
    units = models.IntegerField(_("units"))
    revenue_e4 = models.BigIntegerField()
    refund_e4 = models.BigIntegerField()
    net_e4 = models.BigIntegerField()
    skus = ArrayField(models.BigIntegerField())
    channels = ArrayField(models.CharField(max_length=20))
    province = models.CharField(max_length=12, blank=True)
    months = ArrayField(models.DateField())
    nets_e4 = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")
        constraints = [
            *tenant_rules("analytics_buyer"),
            models.UniqueConstraint(fields=["tenant_id", "digest"], name="buyer_once"),
        ]
        indexes = [models.Index(fields=["tenant_id", "-last_at", "-id"], name="buyers_lately")]

    def __str__(self) -> str:
        return f"{self.digest}"


class Cohort(TenantModel):
    """How many of the buyers of a first month bought in another one, and for how much, net."""

    pk = models.CompositePrimaryKey("tenant_id", "first", "month")
    first = models.DateField()
    month = models.DateField()
    buyers = models.BigIntegerField()
    net_e4 = models.BigIntegerField()

    class Meta:
        constraints = [TenantPolicy(name="analytics_cohort_policy")]

    def __str__(self) -> str:
        return f"{self.first} {self.month}"


class Standing(TenantModel):
    """How many buyers bought last on a day, so many orders, and are worth so much: `worth` is the
    power of two that their net has, -1 where there is none; `orders` counts up to ten."""

    pk = models.CompositePrimaryKey("tenant_id", "last_on", "orders", "worth")
    last_on = models.DateField()
    orders = models.SmallIntegerField()
    worth = models.SmallIntegerField()
    buyers = models.BigIntegerField()
    net_e4 = models.BigIntegerField()

    class Meta:
        constraints = [TenantPolicy(name="analytics_standing_policy")]

    def __str__(self) -> str:
        return f"{self.last_on} {self.orders} {self.worth}"


class SavedSegment(TenantModel):
    """Buyers who are like this (`selectors.segments.Like`), under a name. They are counted in the
    background, whenever `asked_at` is later than `counted_at`."""

    name = models.CharField(_("name"), max_length=80)
    conditions = models.JSONField()
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True)
    buyers = models.BigIntegerField(null=True)
    net_e4 = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("saved segment")
        verbose_name_plural = _("saved segments")
        constraints = [
            *tenant_rules("analytics_savedsegment"),
            models.UniqueConstraint(fields=["tenant_id", "name"], name="segment_name_once"),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="segment_to_count",
                condition=models.Q(counted_at=None) | models.Q(counted_at__lt=models.F("asked_at")),
            )
        ]

    def __str__(self) -> str:
        return self.name
