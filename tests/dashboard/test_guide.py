"""From a shop without anything to a first product on the shelf: the guide knows what is done."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from catalog.models import Product
from catalog.states import Kind, ProductState
from core.scope import tenant_atomic
from inventory.models import Code
from suppliers.models import Offer
from suppliers.selectors import choose_offer, skus_with_offers
from suppliers.types import Sale
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
    assert "0 of 5 done" in browser.get(HOME).content.decode()
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
    samples = said["steps"][5]
    assert str(samples.title) == "Take the sample codes out"
    assert str(samples.when) == "before you sell in earnest"


def test_two_fields_say_who_the_shop_is_and_the_step_is_done_at_once(shop):
    browser = browser_of(shop, Role.OWNER)

    half = browser.post("/office/guide/shop/", {"tagline": "Paid, and yours"})
    given = {"tagline": "Paid, and yours", "contact": "a chat"}
    answer = browser.post("/office/guide/shop/", given, follow=True)

    assert (half.status_code, half.context["form"].errors.keys()) == (422, {"contact"})
    assert answer.redirect_chain[-1][0] == "/office/guide/"
    assert answer.context["steps"][0].done
    shop.refresh_from_db()
    assert (shop.tagline, shop.contact) == ("Paid, and yours", "a chat")


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


def test_the_simulated_supplier_delivers_a_first_product_that_has_no_codes(shop):
    browser = browser_of(shop, Role.OWNER)
    form = browser.get(PRODUCT).context["form"]
    given = {name: form[name].value() for name in form.fields}

    browser.post(PRODUCT, given | {"source": "played"})

    with tenant_atomic():
        product = Product.objects.get()
        sku, offer = product.skus.get(), Offer.objects.get()
        assert (product.state, sku.kind) == ("published", Kind.SUPPLIER_CODE)
        assert (offer.sku_id, offer.supplier.name) == (sku.pk, "Simulated supplier")
        assert not Code.objects.exists()
    steps = browser.get("/office/guide/").context["steps"]
    assert [step.done for step in steps][1:5] == [True, True, True, False]
    assert str(steps[5].title) == "Take the simulated supplier out of use"


def test_it_tops_up_phones_too(shop):
    given = {"name": "Credit", "price": "50", "source": "played"}

    browser_of(shop, Role.OPERATOR).post(f"{PRODUCT}?of=phone", given)

    with tenant_atomic():
        product = Product.objects.get()
        assert (product.state, product.skus.get().kind) == ("published", Kind.TOP_UP)


def test_where_real_money_is_paid_nothing_is_only_played(shop, settings):
    browser = browser_of(shop, Role.OWNER)
    browser.post(PRODUCT, {"name": "A month", "price": "15", "source": "played"})
    with tenant_atomic():
        sku = Product.objects.get().skus.get()
    sale = Sale(paid_e4=sku.price_e4, slow_hours=sku.slow_hours)
    zone = ZoneInfo("Asia/Shanghai")

    settings.SANDBOX_PAYMENTS = False

    assert "source" not in browser.get(PRODUCT).context["form"].fields
    with tenant_atomic():
        chosen = choose_offer(sku_id=sku.pk, sale=sale, key="1", zone=zone, now=timezone.now())
        assert (chosen.offer, chosen.why, chosen.is_final) == (None, "0 of 1, 1 played", True)
        assert skus_with_offers(sales={sku.pk: sale}, now=timezone.now()) == set()


def test_a_supplier_who_plays_is_made_known_where_suppliers_are_docked(shop, settings):
    browser = browser_of(shop, Role.OWNER)
    link = f'href="{PRODUCT}?source=played"'

    assert link in browser.get("/office/suppliers/new/").content.decode()
    assert browser.get(f"{PRODUCT}?source=played").context["form"]["source"].value() == "played"
    settings.SANDBOX_PAYMENTS = False
    assert link not in browser.get("/office/suppliers/new/").content.decode()


def test_what_the_template_does_by_the_way_looks_like_no_work(shop):
    browser = browser_of(shop, Role.OWNER)

    before = browser.get("/office/guide/").context["steps"]
    browser.post(PRODUCT, {"name": "A month", "price": "15", "codes": ""})
    after = browser.get("/office/guide/").context["steps"]

    assert [step.is_along for step in before[:5]] == [False, False, True, True, False]
    assert [step.is_along for step in after[:5]] == [False] * 5


def test_who_hides_the_guide_hides_it_for_nobody_else(shop):
    browser, other = browser_of(shop, Role.OWNER), browser_of(shop, Role.VIEWER)
    browser.post("/office/guide/hide/")

    assert "From here to your first sale" not in browser.get(HOME).content.decode()
    assert "From here to your first sale" in other.get(HOME).content.decode()
    browser.post("/office/guide/show/")
    assert "From here to your first sale" in browser.get(HOME).content.decode()
