from django.db import models
from django.utils.translation import gettext_lazy as _


class MerchantState(models.TextChoices):
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    SET_ASIDE = "set_aside", _("set aside")  # a sandbox that another one has taken the place of


MOVES = {
    MerchantState.ACTIVE: frozenset({MerchantState.SUSPENDED, MerchantState.SET_ASIDE}),
    MerchantState.SUSPENDED: frozenset({MerchantState.ACTIVE, MerchantState.SET_ASIDE}),
    MerchantState.SET_ASIDE: frozenset[MerchantState](),
}


class Theme(models.TextChoices):
    """How the office looks to a person, at every shop."""

    LIGHT = "light", _("light")
    DARK = "dark", _("dark")
    AUTO = "auto", _("as the system says")
