from django.db import models
from django.utils.translation import gettext_lazy as _


class MerchantState(models.TextChoices):
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")


MOVES = {
    MerchantState.ACTIVE: frozenset({MerchantState.SUSPENDED}),
    MerchantState.SUSPENDED: frozenset({MerchantState.ACTIVE}),
}
