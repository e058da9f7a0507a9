"""Many products changed at once: counted, asked, done, and offered to be undone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import services as catalog
from catalog.models import Brand, Category, ManyChange, Product
from catalog.states import ProductState
from core.errors import AppError
from core.scope import tenant_atomic
from dashboard import publishing
from dashboard.access import actor_of
from dashboard.frame import back_to, draw

LIST = "admin:catalog_product_changelist"
MOST_COPIES = 200
TYPE_TO_CONFIRM = 100
NAMED = 12


@dataclass(frozen=True, slots=True)
class Verb:
    title: Promise
    button: Promise
    # In which state products must not be, to be touched at all.
    already: str = ""
    only: str = ""


VERBS = {
    "publish": Verb(
        gettext_lazy("Put many products on the shelf"),
        gettext_lazy("Put them on the shelf"),
        already=ProductState.PUBLISHED,
    ),
    "unpublish": Verb(
        gettext_lazy("Take many products off the shelf"),
        gettext_lazy("Take them off the shelf"),
        only=ProductState.PUBLISHED,
    ),
    "copy": Verb(gettext_lazy("Copy many products"), gettext_lazy("Copy them as drafts")),
    "edit": Verb(gettext_lazy("Change many products"), gettext_lazy("Change them")),
}


class ManyProducts(forms.Form):
    """Only what is filled in is changed."""

    category = forms.ModelChoiceField(
        queryset=Category.objects.none(), required=False, label=gettext_lazy("Category")
    )
    brand = forms.ModelChoiceField(
        queryset=Brand.objects.none(), required=False, label=gettext_lazy("Brand")
    )
    refund_rule = forms.CharField(max_length=200, required=False, label=gettext_lazy("Refund rule"))
    refund_rule_en = forms.CharField(
        max_length=300, required=False, label=gettext_lazy("Refund rule in English")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.all()  # type: ignore[attr-defined]  # -- a choice
        self.fields["brand"].queryset = Brand.objects.all()  # type: ignore[attr-defined]  # -- a choice

    def given(self) -> dict[str, Any]:
        made = {name: value for name, value in self.cleaned_data.items() if value}
        for name in ("category", "brand"):
            if name in made:
                made[f"{name}_id"] = made.pop(name).pk
        return made


def ask_of(request: HttpRequest, chosen: QuerySet[Product], verb: str) -> HttpResponse:
    """Of all that a list's filter finds, or of what was ticked in it."""
    return ask(request, list(chosen.order_by("pk").values_list("pk", flat=True)), verb)


def ask(
    request: HttpRequest,
    ids: Sequence[int],
    verb: str,
    *,
    form: ManyProducts | None = None,
    why: str = "",
) -> HttpResponse:
    """How many, which, and whether it is meant."""
    found = Product.objects.filter(pk__in=ids)
    count, said = found.count(), VERBS[verb]
    standing = found.filter(state=said.already).count() if said.already else 0
    if said.only:
        standing = count - found.filter(state=said.only).count()
    return draw(
        request,
        "dashboard/products_bulk.html",
        is_refused=bool(why) or (form is not None and not form.is_valid()),
        title=said.title,
        verb=verb,
        said=said,
        ids=",".join(str(pk) for pk in ids),
        form=(form or ManyProducts()) if verb == "edit" else None,
        count=count,
        standing=standing,
        names=[product.shown.name for product in found[:NAMED]],
        is_more=count > NAMED,
        must_type=count > TYPE_TO_CONFIRM,
        why=why,
    )


def done(
    request: HttpRequest, ids: Sequence[int], verb: str, *, form: ManyProducts
) -> HttpResponse:
    """Do what was asked and meant; what refuses leads to the question again."""
    count = Product.objects.filter(pk__in=ids).count()
    why = _refusal(request, count, verb, form)
    if why or (verb == "edit" and not form.is_valid()):
        return ask(request, ids, verb, form=form if verb == "edit" else None, why=why)
    try:
        if verb == "copy":
            return _copied(request, ids)
        change = _changing(verb, form)(product_ids=ids, by=actor_of(request), now=timezone.now())
    except AppError as refusal:
        return ask(request, ids, verb, form=form, why=str(refusal.message))
    return back_to("office_products_change", change.ref)


def _refusal(request: HttpRequest, count: int, verb: str, form: ManyProducts) -> str:
    if not count:
        return _("Choose at least one product.")
    if count > TYPE_TO_CONFIRM and request.POST.get("typed", "").strip() != str(count):
        return _("Type the number of products to confirm.")
    if verb == "copy" and count > MOST_COPIES:
        return _("Choose at most %(most)s products to copy at once.") % {"most": MOST_COPIES}
    if verb == "edit" and form.is_valid() and not form.given():
        return _("Fill in what is to be changed.")
    return ""


def _changing(verb: str, form: ManyProducts) -> Callable[..., ManyChange]:
    def edit(**known: Any) -> ManyChange:
        return catalog.edit_many(given=form.given(), **known)

    verbs = {"publish": publishing.publish_many, "unpublish": catalog.unpublish_many}
    return verbs.get(verb, edit)


def _copied(request: HttpRequest, ids: Sequence[int]) -> HttpResponse:
    found = Product.objects.filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)
    with tenant_atomic():  # all of them, or none
        for pk in found:
            catalog.copy_product(product_id=pk, by=actor_of(request), now=timezone.now())
    messages.success(request, _("Copied as drafts: %(count)s.") % {"count": len(found)})
    return back_to(LIST)
