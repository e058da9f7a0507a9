"""Small words of the shop, in the reader's language."""

import pytest
from django.utils import translation

from orders.models import Item
from storefront.selectors.words import all_names


@pytest.mark.parametrize(
    ("language", "names"),
    [("zh-hans", "优酷 · 年卡、腾讯 · 月卡"), ("en", "Youku · Year, 腾讯 · Month")],
)
def test_what_an_order_holds_has_the_comma_of_its_language(language, names):
    items = [
        Item(name="优酷", name_en="Youku", sku_name="年卡", sku_name_en="Year"),
        Item(name="腾讯", sku_name="月卡", sku_name_en="Month"),
    ]

    with translation.override(language):
        assert all_names(items) == names
