"""Who may do what: roles as data. A right is `area.verb`; nobody asks for a role by name."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    OPERATOR = "operator", _("Operator")
    SUPPORT = "support", _("Support")
    FINANCE = "finance", _("Finance")
    VIEWER = "viewer", _("Viewer")


_SERVE = frozenset({"home.view", "catalog.view", "stock.view", "orders.view", "cases.view",
    "risk.view",
})  # fmt: skip
# What the shop turns over in all; who serves buyers sees each order and no more.
_LOOK = _SERVE | {"sales.view"}
_OPERATE = _LOOK | {
    "catalog.edit", "stock.import", "stock.freeze", "orders.resend", "orders.deliver", "cases.work",
    "orders.review", "risk.edit", "cost.view", "suppliers.edit", "partners.view", "partners.edit",
}  # fmt: skip
_SUPPORT = _SERVE | {"orders.resend", "orders.deliver", "cases.work", "codes.replace"}
_FINANCE = _LOOK | {
    "money.view", "orders.refund", "orders.review", "cost.view", "bills.settle", "partners.view",
    "partners.money",
}  # fmt: skip
_OWN = _OPERATE | _SUPPORT | _FINANCE | {
    "codes.reveal", "members.view", "members.manage", "settings.edit", "audit.view",
}  # fmt: skip

RIGHTS: dict[str, frozenset[str]] = {
    Role.OWNER: _OWN,
    Role.OPERATOR: _OPERATE | {"codes.reveal", "codes.replace"},
    Role.SUPPORT: _SUPPORT,
    Role.FINANCE: _FINANCE | {"audit.view"},
    Role.VIEWER: _LOOK,
}
ALL_RIGHTS = frozenset().union(*RIGHTS.values())

# What an operator who looks in may do of what the member may: see, and put goods right. No code is
# revealed, no money moves, nobody is let in.
VISITING = frozenset(one for one in ALL_RIGHTS if one.endswith(".view")) | {"catalog.edit"}


def has_right(role: str, right: str) -> bool:
    """Raises KeyError for a right that no role knows: a typo must not read as "refused"."""
    if right not in ALL_RIGHTS:
        raise KeyError(right)
    return right in RIGHTS.get(role, frozenset())
