"""Doors in words, and their forms: what each platform wants to be told, and what it tells us."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from channels.models import Door
from channels.states import DoorKind
from channels.types import DoorTerms
from core.secrets import Secret
from dashboard.fields import lines_field, networks_field
from dashboard.partnering import RollForm

Text = str | Promise
MOST_SECRET = 100


@dataclass(frozen=True, slots=True)
class DoorWords:
    """`number` and `secret` are the platform's own names for what we give it; `app_id` and
    `app_secret` those of what it gives us, where it gives anything."""

    brings: Text
    before: Text
    enter: Text
    number: str
    secret: str
    hosts: tuple[str, ...] = ()
    app_id: str = ""
    app_secret: str = ""


DOORS = {
    DoorKind.AGISO: DoorWords(
        brings=_("Taobao, Tmall, Pinduoduo, Douyin and Xianyu shops"),
        before=_("At Agiso, apply as a supplier: it gives you an AppId and an AppSecret."),
        enter=_(
            "At Agiso, enter the address as that of your interface, the merchant number as userId "
            "and the merchant secret as merchant key."
        ),
        number="userId",
        secret="merchant key",  # noqa: S106 -- a name
        hosts=("http://cb.acpr.agiso.com", "*.91kami.com"),
        app_id="AppId",
        app_secret="AppSecret",  # noqa: S106 -- a name
    ),
    DoorKind.GOOFISH: DoorWords(
        brings=_("Xianyu shops that are run with Xianguanjia"),
        before=_(
            "On Xianguanjia's open platform, make an application for virtual supply: it has an "
            "AppKey and an AppSecret."
        ),
        enter=_(
            "In that application, enter the address as that of your interface, the merchant number "
            "as mch_id and the merchant secret as mch_secret."
        ),
        number="mch_id",
        secret="mch_secret",  # noqa: S106 -- a name
        hosts=("open.goofish.pro",),
        app_id="AppKey",
        app_secret="AppSecret",  # noqa: S106 -- a name
    ),
    DoorKind.KASUSHOU: DoorWords(
        brings=_("Shops that buy at a Kasushou wholesaler"),
        before=_("The buyer's shop docks you as it docks a Kasushou wholesaler."),
        enter=_(
            "The buyer docks a Kasushou supplier and enters the address as its site, the merchant "
            "number as UserId and the merchant secret as key."
        ),
        number="UserId",
        secret="key",  # noqa: S106 -- a name
    ),
}


def hosts_field() -> forms.CharField:
    return lines_field(
        _("Called back at"),
        hint=_(
            "Hosts, one a line, such as open.example.com or *.example.com; http:// before one that "
            "has no TLS. An order that wants to be told elsewhere is refused."
        ),
    )


class WaysForm(forms.Form):
    """From where a door is called, and where it calls back."""

    hosts = hosts_field()
    networks = networks_field()

    def __init__(self, *args: Any, door: Door | None = None, **kwargs: Any) -> None:
        if door is not None:
            now = {"hosts": "\n".join(door.hosts), "networks": "\n".join(door.networks)}
            kwargs["initial"] = now | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def ways(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Hosts and networks."""
        told = self.cleaned_data
        return tuple(told["hosts"].split()), tuple(told["networks"].split())


class DoorForm(WaysForm):
    """A new door: what its platform has given, where there is such a thing, then the ways."""

    field_order = ("app_id", "app_secret", "cards", "price_url", "hosts", "networks")

    def __init__(self, *args: Any, kind: DoorKind, **kwargs: Any) -> None:
        words = DOORS[kind]
        super().__init__(*args, initial={"hosts": "\n".join(words.hosts)}, **kwargs)
        self._kind = kind
        if words.app_id:
            self.fields["app_id"] = _app_id_field(words)
            self.fields["app_secret"] = _app_secret_field(words)
        if kind == DoorKind.AGISO:
            self.fields["cards"] = _cards_field()
            self.fields["price_url"] = _told_at_field(
                _("Prices are told at"),
                hint=_("As it was agreed with Agiso; its host is called back. Empty: nowhere."),
            )
        if kind == DoorKind.KASUSHOU:
            self.fields["price_url"] = _told_at_field(
                _("Changed goods are told at"),
                hint=_("The buyer's address for it; its host is called back. Empty: nowhere."),
            )
        self.order_fields(self.field_order)

    def terms(self) -> DoorTerms:
        told = self.cleaned_data
        options = {name: told[name] for name in ("cards", "price_url") if told.get(name)}
        hosts, networks = self.ways()
        return DoorTerms(
            kind=self._kind,
            app_id=told.get("app_id", ""),
            app_secret=Secret(told.get("app_secret", "")),
            hosts=hosts,
            networks=networks,
            options=options,
        )


class RollDoorForm(RollForm):
    """New secrets, while the old ones are good for some time yet."""

    def __init__(self, *args: Any, kind: DoorKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].label = _("The old secrets are good for")
        self.fields["hours"].help_text = _(
            "So long both work, and the platform's side can be changed at leisure."
        )
        if DOORS[kind].app_secret:
            self.fields["app_secret"] = _app_secret_field(DOORS[kind], is_new=False)

    def app_secret(self) -> Secret | None:
        typed = self.cleaned_data.get("app_secret", "")
        return Secret(typed) if typed else None


def _app_id_field(words: DoorWords) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.CharField(
        label=words.app_id, max_length=18, help_text=_("As the platform shows it."), widget=widget
    )


def _app_secret_field(words: DoorWords, *, is_new: bool = True) -> forms.CharField:
    kept = _("It is kept sealed and never shown again.")
    return forms.CharField(
        label=words.app_secret,
        required=is_new,
        max_length=MOST_SECRET,
        help_text=kept if is_new else _("Only where the platform gave a new one. Empty: it stays."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def _cards_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Codes are sent"),
        choices=[("aes", _("enciphered with the AppSecret")), ("plain", _("as plain base64"))],
        help_text=_("As it was agreed with Agiso at the joint test."),
    )


def _told_at_field(label: Any, *, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=500,
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )


def door_row(door: Door) -> dict[str, Any]:
    """A door in a list."""
    return {
        "door": door,
        "kind": capfirst(str(DoorKind(door.kind).label)),
        "brings": DOORS[DoorKind(door.kind)].brings,
    }
