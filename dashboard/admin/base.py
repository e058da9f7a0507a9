"""What every list and form of a merchant's table keeps to."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from core.errors import AppError, NotFound
from dashboard.access import actor_of, allows, require
from dashboard.admin.counting import CountedSoFar
from dashboard.frame import REFUSED
from dashboard.seeking import SEEK, SealedChangeList, to_sealed
from dashboard.typed import context_of
from dashboard.viewing import Empty, columns_of, head_of
from tenants import audit


class TenantForm(forms.ModelForm):
    """Keeps the tenant in what is validated as unique, so that a repeat is told at the field."""

    refusal: AppError | None = None

    def _get_validation_exclusions(self) -> set[str]:
        left_out: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # -- Django's own hook
        return left_out - {"tenant_id"}

    def clean(self) -> Any:
        """What a service refused is told at its field, with the typed values kept."""
        cleaned = super().clean()
        if self.refusal is not None:
            at = self.refusal.param.removesuffix("_id")
            self.add_error(at if at in self.fields else None, str(self.refusal.message))
        return cleaned


class OfficeAdmin(ModelAdmin):
    """A list whose address asks no column but its filters', and holds what is looked for sealed;
    what is not there is not found.

    Django allows any of the model's own: `?token__startswith=a` would tell by the number of rows
    what no page shows. And where nothing is, it leads to the home page as if all were well.
    """

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[SealedChangeList]:
        return SealedChangeList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST" and SEEK in request.POST:
            return to_sealed(request, of=self.opts.label_lower)
        title = {"title": capfirst(str(self.opts.verbose_name_plural))}
        answer: HttpResponse = super().changelist_view(request, {**title, **(extra_context or {})})
        return answer

    def _get_obj_does_not_exist_redirect(self, *args: Any) -> HttpResponse:
        raise NotFound

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        try:
            column = self.opts.get_field(lookup.split("__")[0]).name
        except FieldDoesNotExist:
            return bool(super().lookup_allowed(lookup, value, request))
        filters = (one[0] if isinstance(one, tuple) else one for one in self.list_filter)
        return column in {getattr(one, "parameter_name", one) for one in filters}


class TenantAdmin(OfficeAdmin):
    """A list or form of rows of the bound tenant.

    `look` and `edit` name the rights it asks for; without `edit` it is for reading only. Nothing is
    deleted here; what is done is written to our audit log, because Django's own crosses tenants.
    """

    look: ClassVar[str]
    edit: ClassVar[str] = ""
    # The name of our own page for one row, where there is one; it is given the row's primary key.
    page: ClassVar[str] = ""
    # What the list says when nothing is in it.
    empty: ClassVar[Empty | None] = None
    # Under which name it can be taken away as a file, with `_export_before.html` at its head.
    exported: ClassVar[str] = ""
    form = TenantForm
    list_filter_submit = False
    list_fullwidth = True
    list_per_page = 50
    show_full_result_count = False
    paginator = CountedSoFar
    compressed_fields = False
    warn_unsaved_form = True
    actions_on_top = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return allows(request, self.look)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, self.look)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(self.edit) and not self.page and allows(request, self.edit)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.edit) and allows(request, self.edit)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return columns_of(request, self.every_column(request))

    def every_column(self, request: HttpRequest) -> list[str]:
        """Those that who asks may see."""
        return list(self.list_display)

    def get_actions(self, request: HttpRequest) -> Any:
        found = super().get_actions(request)
        return found if self.has_change_permission(request) else {}

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        if found.paginator.is_more:
            found.full_result_count = found.result_count  # the theme's head says how many, else
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        told = {
            "may_edit": self.has_change_permission(request),
            "head": SimpleLazyObject(partial(head_of, request, self, self.every_column(request))),
        }
        answer: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **told})
        return answer

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.page:
            form: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
            return form
        if not self.has_view_permission(request) or self.get_object(request, object_id) is None:
            raise NotFound
        return HttpResponseRedirect(reverse(self.page, args=[object_id]))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        require(request, "audit.view")
        if self.get_object(request, object_id) is None:
            raise NotFound
        return HttpResponseRedirect(reverse("admin:tenants_auditrow_changelist"))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A refusal while saving undoes the saving; the form comes back and tells it."""
        try:
            answer = super().changeform_view(request, *args, **kwargs)
        except AppError as refusal:
            if request.method != "POST":
                raise
            request.refusal = refusal  # type: ignore[attr-defined]  # -- our own mark
            answer = super().changeform_view(request, *args, **kwargs)
        if request.method == "POST" and isinstance(answer, TemplateResponse):
            answer.status_code = REFUSED  # what was taken leads on
        return answer

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        answer: HttpResponse = super().render_change_form(
            request, {**context, **context_of(request)}, *args, **kwargs
        )
        return answer

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any
    ) -> Any:
        made = super().get_form(request, obj, change=bool(change), **kwargs)
        return type(made.__name__, (made,), {"refusal": getattr(request, "refusal", None)})

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self._audit(request, obj, "added")

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self._audit(request, obj, "changed")

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            self._audit(request, row, "deleted")

    def _audit(self, request: HttpRequest, row: Model, verb: str) -> None:
        audit.record(
            by=actor_of(request),
            action=f"{self.opts.model_name}.{verb}",
            target=f"{row.pk} {row}",
            now=timezone.now(),
        )

    def row_link(self, row: Model, text: str) -> SafeString:
        url = reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_change",
            args=[row.pk],
            current_app=self.admin_site.name,
        )
        return format_html('<a class="qy-link" href="{}">{}</a>', url, text)


def told(request: HttpRequest, done: int) -> None:
    messages.success(request, _("Done for %(count)s rows.") % {"count": done})
