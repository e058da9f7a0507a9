"""Numbers that tell neither how many there are nor which came first."""

import pytest

from core.veils import FLOOR, unveil, veil
from tests.conftest import as_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
ROWS = [*range(500), FLOOR - 1]


def test_each_row_has_a_number_of_its_own_and_is_found_by_it(scope):
    numbers = [veil(row, of="goods") for row in ROWS]

    assert [unveil(number, of="goods") for number in numbers] == ROWS
    assert len(set(numbers)) == len(ROWS)
    assert all(FLOOR <= number < 2 * FLOOR for number in numbers)
    assert numbers != sorted(numbers)
    assert len({number - FLOOR for number in numbers} & set(ROWS)) < 10


def test_another_shop_and_other_things_have_other_numbers(scope, other_shop):
    here = [veil(row, of="goods") for row in range(50)]

    assert [veil(row, of="category") for row in range(50)] != here
    with as_tenant(other_shop.pk):
        assert [veil(row, of="goods") for row in range(50)] != here


def test_what_was_never_given_is_no_row(scope):
    assert [unveil(number, of="goods") for number in (0, 5, FLOOR - 1, 2 * FLOOR)] == [0] * 4
    with pytest.raises(ValueError, match=str(FLOOR)):
        veil(FLOOR, of="goods")
