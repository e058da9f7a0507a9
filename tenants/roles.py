"""Who may do what: roles as data. A right is `area.verb`; nobody asks for a role by name."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    OPERATOR = "operator", _("Operator")
    SUPPORT = "support", _("Support")
    FINANCE = "finance", _("Finance")
    VIEWER = "viewer", _("Viewer")


_LOOK = frozenset({"home.view", "catalog.view", "stock.view", "orders.view", "cases.view",
    "risk.view",
})  # fmt: skip
_OPERATE = _LOOK | {
    "catalog.edit", "stock.import", "stock.freeze", "orders.resend", "orders.deliver", "cases.work",
    "orders.review", "risk.edit", "cost.view", "suppliers.edit", "partners.view", "partners.edit",
}  # fmt: skip
_SUPPORT = _LOOK | {"orders.resend", "orders.deliver", "cases.work", "codes.replace"}
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


def has_right(role: str, right: str) -> bool:
    """Raises KeyError for a right that no role knows: a typo must not read as "refused"."""
    if right not in ALL_RIGHTS:
        raise KeyError(right)
    return right in RIGHTS.get(role, frozenset())
