import pytest

from catalog.selectors import due_schedules
from catalog.states import ProductState
from core.scope import tenant_atomic
from tests.catalog.factories import make_product
from tests.times import MORNING, NEXT_DAY, NOON


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_sweeper_is_told_of_what_is_due(shop):
    with tenant_atomic():
        make_product(state=ProductState.DRAFT, publish_at=NEXT_DAY)
        coming = make_product(state=ProductState.DRAFT, publish_at=MORNING)
        going = make_product(unpublish_at=MORNING)
        make_product(unpublish_at=NEXT_DAY)

    due = due_schedules(now=NOON, limit=10)

    assert due == [(shop.pk, coming.pk), (shop.pk, going.pk)]
