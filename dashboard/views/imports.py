"""The import of codes, its first step: a file or pasted text. `import_job` has the others."""

from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Sku
from catalog.states import Kind
from core.errors import AppError
from core.uploads import MOST_BYTES
from dashboard.access import actor_of
from dashboard.fields import UploadField
from dashboard.frame import back_to, draw, page
from dashboard.reading import ids_in
from dashboard.tones import tone_of
from dashboard.words import goods_words, who
from inventory.models import ImportJob
from inventory.services import importing

STEPS = (
    gettext_lazy("File"), gettext_lazy("Columns"), gettext_lazy("Check"), gettext_lazy("Load"),
)  # fmt: skip
# No browser keeps a chosen file on a page that is shown again.
BOTH_GIVEN = gettext_lazy(
    "Load a file or pasted codes, not both at once. The text is still in the box: to load the "
    "file, empty the box and choose the file again."
)
MOST_PASTED = 2_000_000
LATEST = 30
MOST_WORDS = 8


# How many SKUs a page lists: more are found by searching.
MOST_LISTED = 1_000
# A list that is seen at a glance needs no search.
FEW = 8
_SEARCHED = (
    "name", "name_en", "ref", "product__name", "product__name_en", "product__aliases",
    "product__ref", "product__brand__name", "product__brand__name_en",
)  # fmt: skip


class Upload(forms.Form):
    sku = forms.ModelChoiceField(queryset=Sku.objects.none(), label=gettext_lazy("Goods"))
    file = UploadField(
        most=MOST_BYTES,
        too_large=gettext_lazy("The file is larger than 200 MB. Split it and load the parts."),
        required=False,
        label=gettext_lazy("File"),
        allow_empty_file=True,
    )
    text = forms.CharField(
        required=False,
        strip=False,
        max_length=MOST_PASTED,
        label=gettext_lazy("Or paste, a code a line"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sku"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = _loadable()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        has_file, has_text = bool(given.get("file")), bool(given.get("text", "").strip())
        if has_file and has_text:
            self.add_error("file", BOTH_GIVEN)
        if not has_file and not has_text and not self.errors:
            self.add_error("file", _("Choose a file, or paste the codes."))
        return given


def _loadable() -> QuerySet[Sku]:
    return Sku.objects.filter(kind=Kind.STOCK_CODE)


@page("stock.import")
def imports(request: HttpRequest) -> HttpResponse:
    form = Upload(request.POST or None, request.FILES or None, initial=request.GET.dict())
    if request.method == "POST":
        job = _opened(request, form)
        if job is not None:
            return back_to("office_import", job.pk)
    latest = ImportJob.objects.select_related("sku__product")[:LATEST]
    return draw(
        request,
        "dashboard/imports.html",
        title=_("Load codes"),
        is_refused=request.method == "POST",
        form=form,
        goods=_goods(find=request.GET.get("find", ""), chosen=str(form["sku"].value() or "")),
        steps=steps(1),
        jobs=[(job, tone_of(job.state), goods_words(job.sku), who(job.made_by)) for job in latest],
    )


def _goods(*, find: str, chosen: str) -> dict[str, Any]:
    """What may be chosen: all that fits the words searched for, and what is chosen already."""
    fitting = Q(pk__isnull=False)
    for word in find.split()[:MOST_WORDS]:
        fitting &= reduce(or_, (Q(**{f"{name}__icontains": word}) for name in _SEARCHED))
    listed = _loadable().filter(fitting | Q(pk__in=ids_in([chosen])))
    ordered = listed.order_by("product__position", "product_id", "position", "pk")
    rows = list(ordered.select_related("product__brand")[: MOST_LISTED + 1])
    return {
        "rows": [_row(sku, is_chosen=str(sku.pk) == chosen) for sku in rows[:MOST_LISTED]],
        "find": find.strip(),
        "is_searched": bool(find.strip()) or len(rows) > FEW,
        "are_more": len(rows) > MOST_LISTED,
    }


def _row(sku: Sku, *, is_chosen: bool) -> dict[str, Any]:
    product, brand = sku.product, sku.product.brand
    searched = (
        product.name, product.name_en, product.aliases, product.ref, brand.name, brand.name_en,
        sku.name, sku.name_en, sku.ref,
    )  # fmt: skip
    return {
        "sku": sku,
        "words": goods_words(sku),
        "is_chosen": is_chosen,
        "searched": " ".join(searched).lower(),
    }


def _opened(request: HttpRequest, form: Upload) -> ImportJob | None:
    if not form.is_valid():
        return None
    given = form.cleaned_data
    try:
        return importing.open_import(
            sku_id=given["sku"].pk,
            upload=given["file"] or None,
            text=given["text"],
            by=actor_of(request),
            now=timezone.now(),
        )
    except AppError as refusal:
        place = "file" if given["file"] else "text"
        form.add_error("sku" if refusal.param == "sku" else place, str(refusal.message))
        return None


def steps(now: int) -> list[tuple[int, Any, str]]:
    """The wizard's steps: number, name, and whether it is past or at hand."""

    def mark(at: int) -> str:
        return "qy-now" if at == now else ("qy-done" if at < now else "")

    return [(at, name, mark(at)) for at, name in enumerate(STEPS, start=1)]


@page("stock.import")
def template(request: HttpRequest) -> HttpResponse:
    """An empty table whose columns Excel leaves alone."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(importing.template_file(), content_type=kind)
    response["Content-Disposition"] = 'attachment; filename="codes.xlsx"'
    return response
