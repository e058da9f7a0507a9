"""Members of the shop, and who did what."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from dashboard.action_words import action_words
from dashboard.admin.base import TenantAdmin
from dashboard.admin.days import DaysFilter
from dashboard.sites import office
from dashboard.targets import abouts_of
from dashboard.tones import state_tag
from dashboard.viewing import Empty
from dashboard.words import reason_words, who
from tenants.models import AuditRow, Member
from tenants.selectors import actions_done


class MemberAdmin(TenantAdmin):
    look, edit = "members.view", "members.manage"
    page = "office_member"
    list_display = ("person", "role_name", "state", "joined")
    list_filter = ("role", "is_active")
    search_fields = ("user__email", "user__name")
    list_display_links = None
    actions = None
    list_before_template = "dashboard/_members_before.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        found: QuerySet[Member] = super().get_queryset(request)
        return found.select_related("user")

    @display(description=_("Person"))
    def person(self, member: Member) -> Any:
        name = member.user.name or member.user.email
        return format_html(
            '<div>{}<br><span class="qy-quiet">{}</span></div>',
            self.row_link(member, name),
            member.user.email,
        )

    @display(description=_("Role"), ordering="role")
    def role_name(self, member: Member) -> str:
        return member.get_role_display()

    @display(description=_("State"), ordering="is_active")
    def state(self, member: Member) -> Any:
        if member.is_active:
            return state_tag("active", _("active"))
        return state_tag("", _("no longer a member"))

    @display(description=_("Joined at"), ordering="joined_at")
    def joined(self, member: Member) -> str:
        return date_format(localtime(member.joined_at), "Y-m-d H:i")


class ActionFilter(SimpleListFilter):
    """What was done, in words."""

    title = _("Action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, action_words(code)) for code in actions_done()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditRow]) -> QuerySet[AuditRow]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class AuditAdmin(TenantAdmin):
    look = "audit.view"
    empty = Empty(_("Whatever somebody does here is written down, and stays."))
    exported = "audit"
    list_before_template = "dashboard/_export_before.html"
    list_display = ("moment", "person", "what", "about", "why", "ip")
    fields = list_display
    list_filter = (ActionFilter, ("at", DaysFilter))
    list_filter_submit = True
    search_fields = ("by", "target", "reason")
    search_help_text = _("Who, what or why")
    date_hierarchy = None
    ordering = ("-at",)
    list_display_links = None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """What the page's entries are about is read at once."""
        answer: HttpResponse = super().changelist_view(request, extra_context)
        listed = (getattr(answer, "context_data", None) or {}).get("cl")
        if listed is not None:
            _tell_abouts(request, listed.result_list)
        return answer

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        _tell_abouts(request, [row] if row else [])
        return row

    @display(description=_("When"), ordering="at")
    def moment(self, row: AuditRow) -> str:
        return date_format(localtime(row.at), "Y-m-d H:i:s")

    @display(description=_("By"), ordering="by")
    def person(self, row: AuditRow) -> str:
        return who(row.by)

    @display(description=_("Action"), ordering="action")
    def what(self, row: AuditRow) -> str:
        return action_words(row.action)

    @display(description=_("About"), ordering="target")
    def about(self, row: Any) -> Any:
        if not row.about.link:
            return row.about.words or "-"
        return format_html('<a class="qy-link" href="{}">{}</a>', row.about.link, row.about.words)

    @display(description=_("Reason"), ordering="reason")
    def why(self, row: AuditRow) -> str:
        return reason_words(row.reason)


def _tell_abouts(request: HttpRequest, rows: Any) -> None:
    abouts = abouts_of(request, rows)
    for row in rows:
        row.about = abouts[row.pk]


office.register(Member, MemberAdmin)
office.register(AuditRow, AuditAdmin)
