"""From a shop without anything to a first product on the shelf: the guide knows what is done."""

import pytest

from catalog.models import Product
from catalog.states import Kind, ProductState
from core.scope import tenant_atomic
from inventory.models import Code
from tenants.roles import Role
from tests.dashboard.people import browser_of
from tests.orders.factories import paid

pytestmark = pytest.mark.django_db(databases="__all__")
HOME, PRODUCT = "/office/", "/office/guide/product/"


def done(browser) -> list[bool]:
    return [step.done for step in browser.get("/office/guide/").context["steps"]]


def test_an_empty_shop_is_led_to_a_product_on_the_shelf_in_one_form(shop):
    browser = browser_of(shop, Role.OWNER)
    assert "From here to your first sale" in browser.get(HOME).content.decode()
    assert done(browser)[:5] == [False, False, False, False, False]

    form = browser.get(f"{PRODUCT}?of=game").context["form"]
    given = {name: form[name].value() for name in form.fields}
    answer = browser.post(f"{PRODUCT}?of=game", given, follow=True)

    assert "The product is made." in answer.content.decode()
    assert done(browser) == [False, True, True, True, False, False, False, False, False]
    with tenant_atomic():
        product = Product.objects.get()
        assert product.state == ProductState.PUBLISHED
        assert Code.objects.filter(sku__product=product).count() == 3


def test_it_ends_with_the_sale_and_then_asks_to_take_the_samples_out(shop):
    browser = browser_of(shop, Role.OWNER)
    form = browser.get(PRODUCT).context["form"]
    browser.post(PRODUCT, {name: form[name].value() for name in form.fields})
    with tenant_atomic():
        paid(Product.objects.get().skus.get())

    said = browser.get("/office/guide/").context

    assert [step.done for step in said["steps"]][1:6] == [True, True, True, True, False]
    assert str(said["steps"][5].title) == "Take the sample codes out"


def test_what_was_just_written_in_the_settings_is_done_at_once(shop):
    browser = browser_of(shop, Role.OWNER)
    given = {"what": "words", "name": "Cloud", "tagline": "Paid, and yours", "contact": "a chat",
             "language": "en"}  # fmt: skip

    answer = browser.post("/office/settings/?then=guide", given, follow=True)

    assert answer.redirect_chain[-1][0] == "/office/guide/"
    assert answer.context["steps"][0].done


def test_phone_credit_needs_no_codes_and_a_price_that_is_none_is_told_at_its_field(shop):
    browser = browser_of(shop, Role.OPERATOR)

    refused = browser.post(f"{PRODUCT}?of=phone", {"name": "Credit", "price": "much"})
    browser.post(f"{PRODUCT}?of=phone", {"name": "Credit", "price": "50"})

    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"price"}
    with tenant_atomic():
        product = Product.objects.get()
        sku = product.skus.get()
    assert (product.state, sku.kind, sku.price_e4) == ("published", Kind.BY_HAND, 500_000)


def test_who_hides_the_guide_hides_it_for_nobody_else(shop):
    browser, other = browser_of(shop, Role.OWNER), browser_of(shop, Role.VIEWER)
    browser.post("/office/guide/hide/")

    assert "From here to your first sale" not in browser.get(HOME).content.decode()
    assert "From here to your first sale" in other.get(HOME).content.decode()
    browser.post("/office/guide/show/")
    assert "From here to your first sale" in browser.get(HOME).content.decode()
