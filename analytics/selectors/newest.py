"""The last sales, as anybody who walks past the wall may see them."""

from datetime import datetime, timedelta

from analytics.models import Fact
from analytics.selectors.naming import names_of_skus
from analytics.selectors.rows import label_of_channel
from analytics.states import FactKind
from analytics.types import Sale

LOOKED_BACK = timedelta(days=2)


def newest_sales(*, now: datetime, most: int = 20) -> list[Sale]:
    found = list(
        Fact.objects.filter(kind=FactKind.SOLD, at__gt=now - LOOKED_BACK, units__gt=0)
        .order_by("-at", "-order_id")[:most]
        .values("order_id", "at", "sku_id", "units", "revenue_e4", "channel", "province")
    )
    names = names_of_skus(sku_ids={row["sku_id"] for row in found})
    return [
        Sale(
            order_id=row["order_id"],
            at=row["at"],
            name=names[row["sku_id"]].name,
            units=row["units"],
            revenue_e4=row["revenue_e4"],
            channel=row["channel"],
            channel_label=label_of_channel(row["channel"]),
            province=row["province"],
        )
        for row in found
    ]
