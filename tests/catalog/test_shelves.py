import pytest

from catalog import services as catalog
from catalog.errors import InUse, NameTaken
from catalog.models import Brand, Category
from catalog.selectors import search_on_sale
from core.errors import InvalidInput
from tests.catalog.factories import make_brand, make_category, make_product, make_sku
from tests.catalog.people import OWNER
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")


def test_a_category_is_made_and_changed():
    made = catalog.save_category(given={"name": "影视"}, by=OWNER, now=NOON)

    catalog.save_category(given={"name": "影音"}, category_id=made.pk, by=OWNER, now=NOON)

    assert Category.objects.get().name == "影音"


def test_two_categories_cannot_share_a_name():
    make_category(name="影视")

    with pytest.raises(NameTaken) as refusal:
        catalog.save_category(given={"name": "影视"}, by=OWNER, now=NOON)

    assert refusal.value.param == "name"


def test_products_of_a_renamed_brand_are_found_by_its_new_name():
    brand = make_brand(name="Old")
    product = make_sku(product=make_product(brand=brand, search="old")).product

    catalog.save_brand(given={"name": "优酷"}, brand_id=brand.pk, by=OWNER, now=NOON)

    assert search_on_sale(text="优酷", now=NOON) == [product]


@pytest.mark.parametrize("colour", ["red", "#fff", "#12b88g", "url(x)"])
def test_a_tile_is_drawn_in_colours_only(colour):
    with pytest.raises(InvalidInput) as refusal:
        catalog.save_brand(
            given={"name": "优酷", "glyph": "优酷", "tile_from": colour}, by=OWNER, now=NOON
        )

    assert refusal.value.param == "tile_from"
    assert not Brand.objects.exists()


def test_a_shelf_in_use_stays():
    category = make_product().category

    with pytest.raises(InUse):
        catalog.delete_shelf(row=category, by=OWNER, now=NOON)

    assert Category.objects.filter(pk=category.pk).exists()


def test_an_empty_shelf_goes():
    category = make_category()

    catalog.delete_shelf(row=category, by=OWNER, now=NOON)

    assert not Category.objects.exists()
