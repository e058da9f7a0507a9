"""A reviewer blocks who ordered."""

from datetime import timedelta

import pytest

from core.scope import tenant_atomic
from risk import services as risk
from risk.models import ListEntry
from risk.types import NewListing
from tests.risk.factories import ZHAO, a_case, assess
from tests.times import NOON

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("shop")]
WEEK, MONTH = NOON + timedelta(days=7), NOON + timedelta(days=30)


@pytest.mark.parametrize(
    ("before", "then"), [(None, None), (MONTH, MONTH), (NOON + timedelta(days=1), WEEK)]
)
def test_a_block_is_not_made_shorter_by_another_one(before, then):
    assess(case=a_case(subject="N1", device="D1"))
    with tenant_atomic():
        first = NewListing(listing="block", trait="device", value="D1", reason="one", until=before)
        risk.add_to_list(entries=[first], by=ZHAO, now=NOON)

        count = risk.block_traits(
            subject="N1", traits={"device"}, shown={}, until=WEEK, by=ZHAO, now=NOON
        )

        assert count == 1
        assert ListEntry.objects.get().until == then
