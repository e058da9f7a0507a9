"""Members: invite, change the role, end."""

from functools import partial

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import AppError
from dashboard.access import actor_of
from dashboard.accounts import send_password_link
from dashboard.frame import Deed, back_to, deed, draw, page, password_first
from dashboard.typed import context_of
from tenants import services as tenants
from tenants.models import Member
from tenants.roles import Role
from tenants.selectors import find_user

ROLE_HINTS = {
    Role.OWNER: gettext_lazy("everything, members and settings too"),
    Role.OPERATOR: gettext_lazy("goods, stock, deliveries, cases"),
    Role.SUPPORT: gettext_lazy("orders and cases: resend, deliver, replace"),
    Role.FINANCE: gettext_lazy("money: refunds, audit log"),
    Role.VIEWER: gettext_lazy("looks, and changes nothing"),
}


class Invitation(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=200)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)


@page("members.manage")
def invite(request: HttpRequest) -> HttpResponse:
    """Whoever is let in here sets a second factor of their own: it is asked for first."""
    form = Invitation(request.POST or None, initial=context_of(request)["typed"].dict())
    if request.method == "POST" and form.is_valid():
        to_password = password_first(request, then=request.path)
        if to_password:
            return to_password
        try:
            tenants.invite(
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                by=actor_of(request),
                now=timezone.now(),
            )
        except AppError as refusal:
            form.add_error("email", str(refusal.message))
        else:
            messages.success(
                request,
                _("Invited. They set a password with the link that was mailed to them."),
            )
            _send_link(request, form.cleaned_data["email"])
            return back_to("admin:tenants_member_changelist")
    return draw(
        request,
        "dashboard/invite.html",
        title=_("Invite a member"),
        is_refused=request.method == "POST",
        form=form,
        roles=[(role.label, ROLE_HINTS[role]) for role in Role],
    )


def _send_link(request: HttpRequest, mail: str) -> None:
    """After commit, and only to who has no password yet."""
    user = find_user(email=mail)

    def send() -> None:
        send_password_link(request, mail)

    if user is not None and not user.has_usable_password():
        transaction.on_commit(send, robust=True)


@page("members.view")
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    found = get_object_or_404(Member.objects.select_related("user"), pk=member_id)
    typed = context_of(request)["typed"]
    return draw(
        request,
        "dashboard/member.html",
        title=found.user.name or found.user.email,
        member=found,
        role=typed.get("role", "") if typed else found.role,
        is_active=typed.get("is_active") == "on" if typed else found.is_active,
        roles=[(role.value, role.label, ROLE_HINTS[role]) for role in Role],
    )


@deed("members.manage", back="office_member", of="member_id")
def change_member(request: HttpRequest, member_id: int) -> Deed:
    found = get_object_or_404(Member, pk=member_id)
    role = request.POST.get("role", "")
    change = partial(
        tenants.change_member,
        member_id=found.pk,
        role=role if role in Role.values else found.role,
        is_active=request.POST.get("is_active") == "on",
    )
    return Deed(change, done=_("Changed."), asks_password=True)
