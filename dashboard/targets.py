"""What an audit entry is about: words for people, and the way there for who may go.

An entry keeps a stable name (`batch:REF`, an order's number, a key); one question a kind of thing
turns all of a page's names into words.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalog.models import Brand, BuyerTemplate, Category, Product, Sku
from channels.models import ApiKey, Partner, PriceTier, WebhookEndpoint
from channels.states import EndpointState
from dashboard.access import allows, shop_of
from dashboard.paid_for import page_of
from dashboard.reading import ids_in
from dashboard.words import goods_words
from inventory.models import Batch, Code, Content
from orders.models import Order
from payments.models import Notice, Payment, Refund
from payments.states import Outcome
from risk.models import Rule
from suppliers.models import Authorisation, Supplier
from tenants.models import AuditRow, Member, Merchant

# What stands before a name to tell what kind of thing it is.
_MARK = re.compile(r"^(?:(?:batch|code|content):|\d+ )")


@dataclass(frozen=True, slots=True)
class About:
    words: str
    link: str = ""


Found = Mapping[str, About]


def abouts_of(request: HttpRequest, rows: Iterable[AuditRow]) -> dict[int, About]:
    """What each entry is about, by its id."""
    rows = list(rows)
    by_area: dict[str, set[str]] = {}
    for row in rows:
        by_area.setdefault(_area(row), set()).add(row.target)
    found = {
        area: read(request, targets)
        for area, targets in by_area.items()
        if (read := _READERS.get(area)) is not None
    }
    return {row.pk: found.get(_area(row), {}).get(row.target) or _plain(row) for row in rows}


def _area(row: AuditRow) -> str:
    return row.action.partition(".")[0] if row.target else ""


def _plain(row: AuditRow) -> About:
    """A thing that is not there any more, or has no page."""
    name = row.data.get("name") if isinstance(row.data, dict) else None
    return About(str(name or _MARK.sub("", row.target)))


def _link(request: HttpRequest, right: str, name: str, *args: object) -> str:
    return reverse(name, args=args, current_app="office") if allows(request, right) else ""


def _orders(request: HttpRequest, numbers: set[str]) -> Found:
    found = Order.objects.filter(number__in=numbers).values_list("number", "pk")
    return {
        number: About(
            _("Order %(number)s") % {"number": number},
            _link(request, "orders.view", "office_order", pk),
        )
        for number, pk in found
    }


def _products(request: HttpRequest, refs: set[str]) -> Found:
    return {
        product.ref: About(product.shown.name, _product_link(request, product.pk))
        for product in Product.objects.filter(ref__in=refs)
    }


def _skus(request: HttpRequest, refs: set[str]) -> Found:
    return {
        sku.ref: About(goods_words(sku), _product_link(request, sku.product_id))
        for sku in Sku.objects.filter(ref__in=refs).select_related("product")
    }


def _product_link(request: HttpRequest, product_id: int) -> str:
    return _link(request, "catalog.view", "admin:catalog_product_change", product_id)


def _pictures(request: HttpRequest, hashes: set[str]) -> Found:
    return {one: About(_("Picture"), f"/media/{one}") for one in hashes}


def _shelves(request: HttpRequest, targets: set[str]) -> Found:
    """`category 12`."""
    found: dict[str, About] = {}
    for model in (Category, Brand, BuyerTemplate):
        name = str(model._meta.model_name)
        ids = ids_in(one.removeprefix(f"{name} ") for one in targets)
        for row in model._default_manager.filter(pk__in=ids):  # noqa: SLF001 -- Django's own name for it
            link = _link(request, "catalog.view", f"admin:catalog_{name}_change", row.pk)
            found[f"{name} {row.pk}"] = About(row.shown.name, link)
    return found


def _batches(request: HttpRequest, targets: set[str]) -> Found:
    refs = {target.removeprefix("batch:") for target in targets}
    return {
        f"batch:{batch.ref}": About(
            f"{_('Batch %(ref)s') % {'ref': batch.ref}} · {goods_words(batch.sku)}",
            _link(request, "stock.view", "office_batch", batch.pk),
        )
        for batch in Batch.objects.filter(ref__in=refs).select_related("sku__product")
    }


def _codes(request: HttpRequest, targets: set[str]) -> Found:
    ids = ids_in(target.removeprefix("code:") for target in targets)
    return {
        f"code:{code.pk}": About(
            _("A code of %(goods)s") % {"goods": goods_words(code.sku)},
            _link(request, "stock.view", "office_code", code.pk),
        )
        for code in Code.objects.filter(pk__in=ids).select_related("sku__product")
    }


def _contents(request: HttpRequest, targets: set[str]) -> Found:
    ids = ids_in(target.removeprefix("content:") for target in targets)
    link = _link(request, "catalog.edit", "office_contents")
    found = Content.objects.filter(pk__in=ids).select_related("sku__product")
    return {f"content:{one.pk}": About(goods_words(one.sku), link) for one in found}


def _members(request: HttpRequest, targets: set[str]) -> Found:
    """By the mail address they were invited with, or by the person's key."""
    found: dict[str, About] = {}
    for member in Member.objects.select_related("user"):
        about = About(member.user.email, _link(request, "members.view", "office_member", member.pk))
        found |= {member.user.email: about, str(member.user_id): about}
    return found


def _suppliers(request: HttpRequest, names: set[str]) -> Found:
    found = Supplier.objects.filter(name__in=names).values_list("name", "pk")
    return {
        name: About(name, _link(request, "stock.view", "office_supplier", pk)) for name, pk in found
    }


def _offers(request: HttpRequest, products: set[str]) -> Found:
    link = _link(request, "stock.view", "office_offers")
    return {
        one: About(_("Offer of product %(product)s") % {"product": one}, link) for one in products
    }


def _authorisations(request: HttpRequest, numbers: set[str]) -> Found:
    found = Authorisation.objects.filter(number__in=numbers).select_related("brand")
    return {
        one.number: About(
            f"{_('Authorisation for %(brand)s') % {'brand': one.brand.shown.name}} · {one.number}",
            _link(request, "stock.view", "office_supplier", one.supplier_id),
        )
        for one in found
    }


def _partners(request: HttpRequest, refs: set[str]) -> Found:
    found = Partner.objects.filter(ref__in=refs).values_list("ref", "name")
    return {
        ref: About(name, _link(request, "partners.view", "office_partner", ref))
        for ref, name in found
    }


def _keys(request: HttpRequest, publics: set[str]) -> Found:
    found = ApiKey.objects.filter(public__in=publics).values_list(
        "public", "partner__name", "partner__ref"
    )
    return {
        public: About(f"{public} · {name}", _link(request, "partners.view", "office_partner", ref))
        for public, name, ref in found
    }


def _rules(request: HttpRequest, refs: set[str]) -> Found:
    found = Rule.objects.filter(ref__in=refs).values_list("ref", "name")
    return {
        ref: About(name, _link(request, "risk.view", "office_rule", ref)) for ref, name in found
    }


def _tiers(request: HttpRequest, refs: set[str]) -> Found:
    found = PriceTier.objects.filter(ref__in=refs).values_list("ref", "name")
    return {
        ref: About(name, _link(request, "partners.edit", "office_tier", ref)) for ref, name in found
    }


def _settings(request: HttpRequest, targets: set[str]) -> Found:
    """`name,theme`."""
    fields = Merchant._meta.concrete_fields
    labels = {field.name: capfirst(str(field.verbose_name)) for field in fields}
    link = _link(request, "settings.edit", "office_settings")
    return {
        target: About(_(", ").join(labels.get(name, name) for name in target.split(",")), link)
        for target in targets
    }


def _shop(request: HttpRequest, slugs: set[str]) -> Found:
    shop = shop_of(request)
    return {shop.slug: About(shop.name, "/")}


def _right_to(payment: Payment) -> str:
    return "orders.view" if payment.into_id is None else "partners.money"


def _refunds(request: HttpRequest, numbers: set[str]) -> Found:
    return {
        refund.number: About(
            _("Refund of order %(number)s") % {"number": refund.payment.payable_ref},
            page_of(refund.payment) if allows(request, _right_to(refund.payment)) else "",
        )
        for refund in Refund.objects.filter(number__in=numbers).select_related("payment")
    }


def _notices(request: HttpRequest, targets: set[str]) -> Found:
    """One by its key, or all that were odd in the same way."""
    link = _link(request, "money.view", "office_money")
    kinds = {str(one.value): About(str(one.label), link) for one in Outcome}
    found = Notice.objects.filter(pk__in=ids_in(targets)).values_list("pk", "outcome")
    return kinds | {str(pk): kinds[outcome] for pk, outcome in found}


def _endpoints(request: HttpRequest, refs: set[str]) -> Found:
    """Whose it is, and to which house it leads: the rest of an address may be a key."""
    found = WebhookEndpoint.objects.filter(ref__in=refs).select_related("partner")
    return {
        one.ref: About(
            f"{one.partner.name} · {urlsplit(one.url).hostname}", _endpoint_link(request, one)
        )
        for one in found
    }


def _endpoint_link(request: HttpRequest, one: WebhookEndpoint) -> str:
    if one.state == EndpointState.REMOVED:
        return ""
    return _link(request, "partners.view", "office_webhook", one.partner.ref, one.ref)


_READERS: dict[str, Callable[[HttpRequest, set[str]], Found]] = {
    "api": _orders,
    "authorisation": _authorisations,
    "batch": _batches,
    "bill": _suppliers,  # whose bill it is
    "catalog": _shelves,
    "catalogue": _suppliers,
    "claim": _partners,  # whose balance it is about
    "code": _codes,
    "content": _contents,
    "demo": _shop,
    "door": _partners,  # whose platform comes in by it
    "key": _keys,
    "margin": _skus,
    "late": _orders,  # what it came late for
    "member": _members,
    "merchant": _shop,
    "notice": _notices,
    "notices": _notices,
    "offer": _offers,
    "opening": _orders,  # whose codes were asked for
    "order": _orders,
    "partner": _partners,
    "payment_in": _partners,  # whose balance it is for
    "picture": _pictures,
    "product": _products,
    "refund": _refunds,
    "sandbox": _shop,
    "settings": _settings,
    "sku": _skus,
    "supplier": _suppliers,
    "rule": _rules,
    "tier": _tiers,
    "unit": _orders,
    "webhook": _endpoints,
}
