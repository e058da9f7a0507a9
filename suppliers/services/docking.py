"""A supplier's contract: where it is reached, as whom, by which secrets. The secrets are sealed."""

import json
import time
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.constraints import broken_rule
from core.crypto import seal, unseal
from core.scope import tenant_atomic
from core.secrets import Secret
from suppliers.adapters import PROTOCOLS
from suppliers.errors import SupplierUnfit
from suppliers.models import SECRETS, Supplier
from suppliers.selectors import protocols_here
from suppliers.services.listed import tell_costs
from suppliers.transport import HttpTransport
from suppliers.types import Account, SupplierAdapter
from tenants import audit
from tenants.selectors import get_shop

MAIN = "secret"
MOST_PACE = 60_000  # orders a minute
_LONGEST = {"name": 60, "app_id": 120, "base_url": 200}


@tenant_atomic
def dock(
    *,
    given: Mapping[str, str],
    secrets: Mapping[str, Secret],
    by: Actor,
    now: datetime,
) -> Supplier:
    """A new supplier: `given` has name, protocol, base_url and app_id; raises SupplierUnfit.

    `secrets["secret"]` is what the protocol signs with; others stand under their protocol's names.
    """
    protocol = given.get("protocol", "")
    if protocol not in protocols_here():
        raise SupplierUnfit(_("Choose one of the listed protocols."), param="protocol")
    described, currency = _described(given, protocol), get_shop().currency
    if getattr(PROTOCOLS[protocol], "currency", currency) != currency:
        raise SupplierUnfit(
            _("This supplier counts in another currency than your shop (%(currency)s).")
            % {"currency": currency},
            param="protocol",
        )
    supplier = Supplier(uid=uuid4(), protocol=protocol, currency=currency, made_at=now, **described)
    supplier.secrets = _sealed(supplier, secrets)
    _save(supplier)
    audit.record(by=by, action="supplier.docked", target=supplier.name, now=now)
    return supplier


@tenant_atomic
def change_supplier(
    *, supplier_id: int, given: Mapping[str, str], is_on: bool, by: Actor, now: datetime
) -> Supplier:
    """Another name, address or app_id, or out of use; its protocol stays. Raises SupplierUnfit.

    `given` may also say `most_per_minute`: a number, or nothing for as many as there are.
    """
    supplier = Supplier.objects.select_for_update(no_key=True).get(pk=supplier_id)
    for name, value in _described(given, supplier.protocol).items():
        setattr(supplier, name, value)
    if "most_per_minute" in given:
        supplier.most_per_minute = _pace(given["most_per_minute"])
    was_on, supplier.is_on = supplier.is_on, is_on
    _save(supplier)
    if was_on != is_on:
        tell_costs(supplier.offers.values_list("sku_id", flat=True))
    audit.record(by=by, action="supplier.changed", target=supplier.name, now=now)
    return supplier


@tenant_atomic
def change_secrets(
    *, supplier_id: int, secrets: Mapping[str, Secret], by: Actor, now: datetime
) -> None:
    supplier = Supplier.objects.select_for_update(no_key=True).get(pk=supplier_id)
    supplier.secrets = _sealed(supplier, secrets)
    supplier.save(update_fields=["secrets"])
    audit.record(by=by, action="supplier.secrets", target=supplier.name, now=now)


def speaker(supplier: Supplier, *, within: float | None = None) -> SupplierAdapter:
    """Who speaks the supplier's protocol, with its secrets at hand; no transaction is needed.

    `within`: so many seconds from now for all that he asks.
    """
    protocol = PROTOCOLS[supplier.protocol]
    found = json.loads(unseal(bytes(supplier.secrets), place=SECRETS, uid=supplier.uid))
    main = Secret(found.pop(MAIN))
    account = Account(
        app_id=supplier.app_id,
        secret=main,
        further={name: Secret(text) for name, text in found.items()},
        currency=supplier.currency,
    )
    http = HttpTransport(
        base_url=supplier.base_url,
        may_stay_home=settings.SUPPLIERS_MAY_BE_LOCAL,
        is_plain=protocol.is_plain,
        within=within,
    )
    return protocol(account=account, http=http, clock=time.time)


def _described(given: Mapping[str, str], protocol: str) -> dict[str, str]:
    fields = {name: given.get(name, "").strip() for name in _LONGEST}
    for name, value in fields.items():
        if not 1 <= len(value) <= _LONGEST[name]:
            raise SupplierUnfit(_("Fill this in, in a few words."), param=name)
    _check_address(fields["base_url"], is_plain=PROTOCOLS[protocol].is_plain)
    return fields


def _pace(text: str) -> int | None:
    text = text.strip()
    if text and not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MOST_PACE):
        raise SupplierUnfit(
            _("Write a number from %(least)s to %(most)s.") % {"least": 1, "most": MOST_PACE},
            param="most_per_minute",
        )
    return int(text) if text else None


def _save(supplier: Supplier) -> None:
    try:
        with tenant_atomic():
            supplier.save()
    except IntegrityError as why:
        if broken_rule(why) != "supplier_name_once":
            raise
        raise SupplierUnfit(_("Another supplier has this name."), param="name") from None


def _sealed(supplier: Supplier, secrets: Mapping[str, Secret]) -> bytes:
    texts = {name: secret.reveal() for name, secret in secrets.items()}
    if not texts.get(MAIN):
        raise SupplierUnfit(_("Without the secret nothing can be ordered."), param=MAIN)
    check = getattr(PROTOCOLS[supplier.protocol], "check_secrets", None)
    if check is not None and (wrong := check(secrets)):
        raise SupplierUnfit(_("This cannot be read: %(why)s") % {"why": wrong}, param="recipe")
    return seal(json.dumps(texts), place=SECRETS, uid=supplier.uid)


def _check_address(text: str, *, is_plain: bool) -> None:
    """Whether it leads into the house is for the transport to see, at each call: names change."""
    try:
        parts = urlsplit(text)
        has_more = "@" in parts.netloc or parts.query or parts.fragment
        is_whole = bool(parts.hostname) and parts.port != 0 and not has_more
    except ValueError:
        is_whole, parts = False, urlsplit("")
    allowed = {"https", "http"} if is_plain or settings.SUPPLIERS_MAY_BE_LOCAL else {"https"}
    if not is_whole or parts.scheme not in allowed:
        raise SupplierUnfit(
            _("Write an address such as https://api.example.com."), param="base_url"
        )
