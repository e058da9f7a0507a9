"""What is done to products beside their form: the shelf, many at once, tables, buyer forms."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import services as catalog
from catalog.models import BuyerTemplate, Product
from catalog.types import FieldKind
from core.errors import AppError, NotFound
from dashboard import publishing
from dashboard.access import actor_of, allows, require
from dashboard.frame import Deed, back_to, deed, draw, page
from dashboard.reading import moment_of

if TYPE_CHECKING:
    from core.uploads import SealedUpload

MOST_TABLE = 5 * 1024 * 1024
LIST = "admin:catalog_product_changelist"
KINDS = (
    (FieldKind.PHONE, gettext_lazy("phone number")),
    (FieldKind.QQ, gettext_lazy("QQ number")),
    (FieldKind.EMAIL, gettext_lazy("mail address")),
    (FieldKind.ACCOUNT, gettext_lazy("account of a game or site")),
    (FieldKind.REGION, gettext_lazy("choice, such as a game's region")),
    (FieldKind.TEXT, gettext_lazy("free text")),
)
ROWS = 8


@deed("catalog.edit", back="admin:catalog_product_change", of="product_id")
def shelf(request: HttpRequest, product_id: int, verb: str) -> Deed:
    found = get_object_or_404(Product, pk=product_id)

    def schedule(**given: Any) -> None:
        publish_at, unpublish_at = (
            moment_of(request.POST.get(name, ""), param=name)
            for name in ("publish_at", "unpublish_at")
        )
        publishing.schedule(publish_at=publish_at, unpublish_at=unpublish_at, **given)

    deeds: dict[str, tuple[Callable[..., Any], str]] = {
        "publish": (publishing.publish, _("It is on the shelf.")),
        "unpublish": (catalog.unpublish, _("It is off the shelf.")),
        "copy": (catalog.copy_product, _("Copied as a draft.")),
        "schedule": (schedule, _("The schedule is set.")),
    }
    if verb not in deeds:
        raise NotFound
    do, done = deeds[verb]
    return Deed(partial(do, product_id=found.pk), done=done)


@page("catalog.edit")
def table(request: HttpRequest) -> HttpResponse:
    """A small table in and out; the dry run comes first and changes nothing."""
    report, why = None, ""
    upload = cast("SealedUpload | None", request.FILES.get("table"))
    if request.method == "POST" and upload is not None:
        try:
            report = catalog.import_table(
                body=upload.read_all(most=MOST_TABLE),
                is_dry=request.POST.get("then") != "do",
                by=actor_of(request),
                now=timezone.now(),
            )
        except AppError as refusal:
            why = str(refusal.message)
    elif request.method == "POST":
        why = _("Choose a file.")
    return draw(
        request,
        "dashboard/products_table.html",
        title=_("Product table"),
        is_refused=bool(why or (report and report.refused)),
        report=report,
        why=why,
    )


@page("catalog.view")
def table_out(request: HttpRequest, form: str) -> HttpResponse:
    kinds = {
        "csv": "text/csv",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    if form not in kinds:
        raise NotFound
    body = catalog.export_table(form=form, has_cost=allows(request, "cost.view"))
    response = HttpResponse(body, content_type=kinds[form])
    response["Content-Disposition"] = f'attachment; filename="products.{form}"'
    return response


@page("catalog.edit")
def template_new(request: HttpRequest) -> HttpResponse:
    return _template(request, None)


@page("catalog.view")
def template(request: HttpRequest, template_id: int) -> HttpResponse:
    """What buyers are asked: read by all who see the goods, changed by who may."""
    if request.method == "POST":
        require(request, "catalog.edit")
    return _template(request, get_object_or_404(BuyerTemplate, pk=template_id))


def _template(request: HttpRequest, found: BuyerTemplate | None) -> HttpResponse:
    why = ""
    may_edit = allows(request, "catalog.edit")
    name, name_en, rows = _template_values(request, found)
    if request.method == "POST":
        template_id = found.pk if found else None
        why = _saved_template(request, template_id, name=name, name_en=name_en, rows=rows)
        if not why:
            return back_to("admin:catalog_buyertemplate_changelist")
    return draw(
        request,
        "dashboard/buyer_form.html",
        title=found.shown.name if found else _("New buyer form"),
        is_refused=bool(why),
        name=name,
        name_en=name_en,
        rows=list(enumerate([*rows, *[{}] * ROWS][:ROWS] if may_edit else rows)),
        kinds=KINDS,
        why=why,
        may_edit=may_edit,
    )


def _template_values(
    request: HttpRequest, found: BuyerTemplate | None
) -> tuple[str, str, list[dict[str, Any]]]:
    if request.method != "POST":
        rows = [
            {**field, "options": "\n".join(field.get("options", ()))}
            for field in (found.fields if found else [])
        ]
        return (found.name, found.name_en, rows) if found else ("", "", [])
    given = request.POST
    rows = [
        {
            "key": given.get(f"key{at}", "").strip(),
            "kind": given.get(f"kind{at}", ""),
            "label": given.get(f"label{at}", "").strip(),
            "label_en": given.get(f"label_en{at}", "").strip(),
            "options": given.get(f"options{at}", ""),
            "is_required": given.get(f"required{at}") == "on",
            "is_confirmed_big": given.get(f"big{at}") == "on",
        }
        for at in range(ROWS)
    ]
    filled = [row for row in rows if row["key"] or row["label"]]
    return given.get("name", "").strip(), given.get("name_en", "").strip(), filled


def _saved_template(
    request: HttpRequest, template_id: int | None, *, name: str, name_en: str, rows: Any
) -> str:
    """Why it could not be saved; empty when it was."""
    from_lines = [{**row, "options": row["options"].split("\n")} for row in rows]
    fields = [
        {**row, "options": [one.strip() for one in row["options"] if one.strip()]}
        for row in from_lines
    ]
    try:
        catalog.save_template(
            name=name,
            name_en=name_en,
            fields=fields,
            by=actor_of(request),
            now=timezone.now(),
            template_id=template_id,
        )
    except AppError as refusal:
        return str(refusal.message)
    return ""
