"""What an audit entry is about: words for people, and the way there for who may go.

An entry keeps a stable name (`batch:REF`, an order's number, a key); one question a kind of thing
turns all of a page's names into words.
"""

import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from channels.models import ApiKey, Partner, PriceTier, WebhookEndpoint
from channels.states import EndpointState
from dashboard import abouts_of_goods as goods
from dashboard.abouts import About, Found, way
from dashboard.access import allows, shop_of
from dashboard.paid_for import page_of
from dashboard.reading import ids_in
from orders.models import Order
from payments.models import Notice, Payment, Refund
from payments.states import Outcome
from reports.services import title_of
from risk.models import Rule
from tenants.models import AuditRow, Member, Merchant

# What stands before a name to tell what kind of thing it is.
_MARK = re.compile(r"^(?:(?:batch|code|content):|\d+ )")


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


def _orders(request: HttpRequest, numbers: set[str]) -> Found:
    found = Order.objects.filter(number__in=numbers).values_list("number", "pk")
    return {
        number: About(
            _("Order %(number)s") % {"number": number},
            way(request, "orders.view", "office_order", pk),
        )
        for number, pk in found
    }


def _members(request: HttpRequest, targets: set[str]) -> Found:
    """By the mail address they were invited with, or by the person's key."""
    found: dict[str, About] = {}
    for member in Member.objects.select_related("user"):
        about = About(member.user.email, way(request, "members.view", "office_member", member.pk))
        found |= {member.user.email: about, str(member.user_id): about}
    return found


def _partners(request: HttpRequest, refs: set[str]) -> Found:
    found = Partner.objects.filter(ref__in=refs).values_list("ref", "name")
    return {
        ref: About(name, way(request, "partners.view", "office_partner", ref))
        for ref, name in found
    }


def _keys(request: HttpRequest, publics: set[str]) -> Found:
    found = ApiKey.objects.filter(public__in=publics).values_list(
        "public", "partner__name", "partner__ref"
    )
    return {
        public: About(f"{public} · {name}", way(request, "partners.view", "office_partner", ref))
        for public, name, ref in found
    }


def _rules(request: HttpRequest, refs: set[str]) -> Found:
    found = Rule.objects.filter(ref__in=refs).values_list("ref", "name")
    return {ref: About(name, way(request, "risk.view", "office_rule", ref)) for ref, name in found}


def _tiers(request: HttpRequest, refs: set[str]) -> Found:
    found = PriceTier.objects.filter(ref__in=refs).values_list("ref", "name")
    return {
        ref: About(name, way(request, "partners.edit", "office_tier", ref)) for ref, name in found
    }


def _settings(request: HttpRequest, targets: set[str]) -> Found:
    """`name,theme`."""
    fields = Merchant._meta.concrete_fields
    labels = {field.name: capfirst(str(field.verbose_name)) for field in fields}
    link = way(request, "settings.edit", "office_settings")
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
    link = way(request, "money.view", "office_money")
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
    return way(request, "partners.view", "office_webhook", one.partner.ref, one.ref)


def _lists(request: HttpRequest, names: set[str]) -> Found:
    return {name: About(title_of(name)) for name in names}


_READERS: dict[str, Callable[[HttpRequest, set[str]], Found]] = {
    "api": _orders,
    "authorisation": goods.authorisations,
    "batch": goods.batches,
    "bill": goods.suppliers,  # whose bill it is
    "catalog": goods.shelves,
    "catalogue": goods.suppliers,
    "claim": _partners,  # whose balance it is about
    "code": goods.codes,
    "content": goods.contents,
    "demo": _shop,
    "door": _partners,  # whose platform comes in by it
    "export": _lists,
    "goods": goods.changes,
    "key": _keys,
    "margin": goods.skus,
    "late": _orders,  # what it came late for
    "member": _members,
    "merchant": _shop,
    "notice": _notices,
    "notices": _notices,
    "offer": goods.offers,
    "opening": _orders,  # whose codes were asked for
    "order": _orders,
    "partner": _partners,
    "payment_in": _partners,  # whose balance it is for
    "picture": goods.pictures,
    "product": goods.products,
    "refund": _refunds,
    "report": _lists,
    "sandbox": _shop,
    "settings": _settings,
    "sku": goods.skus,
    "supplier": goods.suppliers,
    "rule": _rules,
    "tier": _tiers,
    "unit": _orders,
    "webhook": _endpoints,
}
