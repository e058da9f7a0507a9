"""What a fact tells of, and by what facts are summed."""

from django.db import models


class FactKind(models.TextChoices):
    SOLD = "sold"  # at the moment when the order was paid
    SHOWN = "shown"  # at the moment when its buyer first saw the goods


class Cut(models.TextChoices):
    """A set of dimensions that the cockpit really asks by; see ADR 0024."""

    HOUR = "hour"  # hour × channel
    SKU = "sku"  # day × SKU × channel
    SUPPLIER = "supplier"  # day × supplier × SKU
    PLACE = "place"  # day × province
    SPEED = "speed"  # hour × supplier × step of the time from paid to delivered
    SHOWN = "shown"  # hour × province, of what buyers first saw then


# Those in which every sold line stands once: each of them sums up to the same.
WHOLE = (Cut.HOUR, Cut.SKU, Cut.SUPPLIER, Cut.PLACE)
