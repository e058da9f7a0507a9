"""Forms as they were typed: bounded, cut to what could be meant, and kept for showing again."""

from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.contacts import clean_mail, clean_phone
from core.errors import AppError, InvalidInput
from inventory.errors import OutOfStock
from storefront.errors import PriceChanged
from storefront.types import BuyInput, FieldShown, ProductPage

LONGEST = 200
MOST = 100
_FIELD = "f_"
# What services call an input, and where on the page it stands.
_PLACES = {"contact_phone": "contact", "contact_mail": "contact", "sku_ref": "sku", "lines": "form"}
_OWN_PLACES = frozenset({"quantity", "contact", "password", "consent", "sku"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyForm:
    """The buy form with what is wrong with it; `given` is for services, `values` for the page."""

    given: BuyInput
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def is_verified_on(self, page: ProductPage) -> bool:
        """Whether a supplier can be asked about its account."""
        return any(self.given.sku_ref in field.verified.split() for field in page.fields)

    def fields_of(self, page: ProductPage) -> tuple[FieldShown, ...]:
        """The product's fields with what was typed and what is wrong with it."""
        return tuple(
            replace(
                one,
                value=self.given.fields.get(one.key, ""),
                error=self.errors.get(one.key, ""),
            )
            for one in page.fields
        )


def read_buy(post: QueryDict, *, page: ProductPage) -> BuyForm:
    """The content of the page's form."""
    contact, sku_ref = _text(post, "contact"), _text(post, "sku")
    quantity = _number(_text(post, "quantity") or "1")
    values = {
        "contact": contact,
        "quantity": _text(post, "quantity")[:6],
        "consent": _text(post, "consent"),
        "way": _text(post, "way"),
    }
    given = BuyInput(
        sku_ref=sku_ref,
        quantity=quantity,
        fields={field.key: _text(post, f"{_FIELD}{field.key}") for field in page.fields},
        contact_phone="" if "@" in contact else contact,
        contact_mail=contact if "@" in contact else "",
        password=_text(post, "password"),
        has_consented=values["consent"] == "1",
        request_key=_text(post, "request_key"),
        way=values["way"],
        seen_e4=_amount(_text(post, f"seen-{sku_ref}")),
    )
    return BuyForm(given=given, values=values, errors=_wrong(given, page))


def refused(form: BuyForm, why: AppError) -> BuyForm:
    """The form with a refusal at the field it is about."""
    place = _PLACES.get(why.param, why.param)
    if isinstance(why, OutOfStock):
        place = "quantity" if why.data.get("found") else "form"
    if place not in _OWN_PLACES and place not in form.given.fields:
        place = "form"
    return replace(form, errors={**form.errors, place: str(why.message)})


def with_new_price(form: BuyForm, *, page: ProductPage, currency: str) -> BuyForm:
    """The form with a word about the price, where the page it is drawn on shows another one.

    From then on the new one has been seen, so it is said whatever else is wrong with the form.
    """
    seen_e4 = form.given.seen_e4
    option = next((one for one in page.options if one.ref == form.given.sku_ref), None)
    if option is None or seen_e4 is None or seen_e4 == option.price_e4:
        return form
    told = refused(form, PriceChanged(seen_e4=seen_e4, price_e4=option.price_e4, currency=currency))
    if "form" not in form.errors:
        return told
    both = {"one": form.errors["form"], "other": told.errors["form"]}
    return replace(told, errors={**told.errors, "form": _("%(one)s %(other)s") % both})


def _wrong(given: BuyInput, page: ProductPage) -> dict[str, str]:
    """What can be told at once, so that a person corrects it in one go."""
    errors = {}
    if not given.sku_ref:
        errors["sku"] = _("Please choose one.")
    if not 1 <= given.quantity <= MOST:
        most = next((one.most for one in page.options if one.ref == given.sku_ref), MOST)
        errors["quantity"] = _("The quantity is a number from 1 to %(most)s.") % {"most": most}
    if contact := _wrong_contact(given):
        errors["contact"] = contact
    if not given.has_consented:
        errors["consent"] = _("Please tick the box to go on.")
    if not given.request_key:
        errors["form"] = _("Please load the page again and fill it in once more.")
    return errors


def _wrong_contact(given: BuyInput) -> str:
    try:
        if given.contact_mail:
            clean_mail(given.contact_mail)
        elif given.contact_phone:
            clean_phone(given.contact_phone)
        else:
            return _("Write a mobile number or a mail address.")
    except InvalidInput as why:
        return str(why.message)
    return ""


def read_fields(post: QueryDict) -> dict[str, str]:
    """What was typed into the product's own fields, whichever they are; no more than a form has."""
    names = [name for name in post if name.startswith(_FIELD)][:MOST]
    return {name.removeprefix(_FIELD): read_text(post, name) for name in names}


def read_text(post: QueryDict, name: str, *, longest: int = LONGEST) -> str:
    """One field, without NULs (Postgres takes none), trimmed and cut."""
    return post.get(name, "").replace("\0", "").strip()[:longest]


def _text(post: QueryDict, name: str) -> str:
    return read_text(post, name)


def _amount(text: str) -> int | None:
    """None for what is no amount: nothing is known of what was seen."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 14 else None


def _number(text: str) -> int:
    """0 for what is no small whole number: it is refused as out of range."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
