from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("on the shelf")
    UNPUBLISHED = "unpublished", _("off the shelf")


MOVES = {
    ProductState.DRAFT: frozenset({ProductState.PUBLISHED}),
    # A draft again only when putting it on the shelf is undone.
    ProductState.PUBLISHED: frozenset({ProductState.UNPUBLISHED, ProductState.DRAFT}),
    ProductState.UNPUBLISHED: frozenset({ProductState.PUBLISHED}),
}


class Kind(models.TextChoices):
    """Where the goods of a SKU come from."""

    STOCK_CODE = "stock_code", _("code from stock")
    REUSABLE = "reusable", _("one text or link for everybody")
    SUPPLIER_CODE = "supplier_code", _("code from a supplier")
    TOP_UP = "top_up", _("direct top-up")
    VOUCHER = "voucher", _("voucher")
    BY_HAND = "by_hand", _("delivered by hand")


# What can be delivered today; the others have their place in the catalog before their source.
CONNECTED = frozenset(
    {Kind.STOCK_CODE, Kind.REUSABLE, Kind.SUPPLIER_CODE, Kind.TOP_UP, Kind.BY_HAND}
)
# Bought when they are ordered, from whoever offers them.
BOUGHT = frozenset({Kind.SUPPLIER_CODE, Kind.TOP_UP})


class Channel(models.TextChoices):
    """By which way an order comes in."""

    WEB = "web", _("web shop")
    MINI = "mini", _("mini program")
    TAOBAO = "taobao", _("Taobao")
    API = "api", _("partner platform")


MOST_SLOW_HOURS = 168  # the slowest phone credit takes three days


class Promise(models.TextChoices):
    """How soon after payment the goods are there."""

    INSTANT = "instant", _("usually within a second")
    FAST = "fast", _("usually within a minute")
    SLOW = "slow", _("as stated on the product page")
