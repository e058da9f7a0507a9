"""What a fact tells of, and by what facts are summed."""

from django.db import models


class FactKind(models.TextChoices):
    SOLD = "sold"  # at the moment when the order was paid
    SHOWN = "shown"  # at the moment when its buyer first saw the goods
    TRIED = "tried"  # at the moment when a supplier was chosen to be asked for them


class Cut(models.TextChoices):
    """A set of dimensions that the cockpit really asks by; see ADR 0024."""

    HOUR = "hour"  # hour × channel
    DAY = "day"  # day × channel
    SKU = "sku"  # day × SKU
    SKU_MONTH = "skus"  # month × SKU
    SUPPLIER = "supplier"  # day × supplier × SKU
    PLACE = "place"  # day × province
    PLACE_MONTH = "places"  # month × province
    SPEED = "speed"  # hour × supplier × step of the time from paid to delivered
    PACE = "pace"  # day × step of that time
    SHOWN = "shown"  # hour × province, of what buyers first saw then
    TRIED = "tried"  # day × SKU × supplier × step of its time, of tries to buy
    TRIED_MONTH = "tries"  # month × the same


# Those in which every sold line stands once: each of them sums up to the same.
WHOLE = (Cut.HOUR, Cut.DAY, Cut.SKU, Cut.SKU_MONTH, Cut.SUPPLIER, Cut.PLACE, Cut.PLACE_MONTH)
TRIES = (Cut.TRIED, Cut.TRIED_MONTH)
# What months are read from when several days are asked for: a year is not 365 times a day.
MONTHLY = {Cut.SKU: Cut.SKU_MONTH, Cut.PLACE: Cut.PLACE_MONTH, Cut.TRIED: Cut.TRIED_MONTH}
