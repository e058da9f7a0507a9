"""Stable codes in people's words."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "login.done": _("signed in"),
    "login.failed": _("wrong password"),
    "login.blocked": _("too many tries to sign in"),
    "login.no_member": _("right password, but not a member"),
    "member.invited": _("invited a member"),
    "member.changed": _("changed a member"),
    "settings.changed": _("changed settings"),
    "merchant.active": _("opened the shop"),
    "merchant.suspended": _("suspended the shop"),
}


def action_words(code: str) -> str:
    return str(ACTIONS.get(code, code))
