"""Suppliers' protocols in words: what each is called, and what it wants of a contract."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from suppliers.selectors import protocols_here
from tenants.selectors import is_sandbox

Text = str | Promise


@dataclass(frozen=True, slots=True)
class SecretWanted:
    """One field of a contract that is typed in and never shown again."""

    name: str
    label: Text
    hint: Text = ""
    is_required: bool = False
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class ProtocolWords:
    label: Text
    sells: Text
    app_id: Text
    secrets: tuple[SecretWanted, ...]

    @property
    def is_recipe(self) -> bool:
        """Written by the merchant; a supplier that speaks it is polled, and never calls."""
        return any(one.name == "recipe" for one in self.secrets)


def _main(label: Text, hint: Text = "") -> SecretWanted:
    return SecretWanted("secret", label, hint, is_required=True)


_WEBHOOK = SecretWanted(
    "webhook", _("Webhook secret"), _("Their callbacks are signed with it. Empty: only polled.")
)
_RELOADLY = (
    _main(_("Client secret")),
    _WEBHOOK,
    SecretWanted("audience", _("Audience"), _("Empty: the live product's own.")),
    SecretWanted("auth", _("Address that gives tokens"), _("Empty: Reloadly's own.")),
)
_CARDS, _PHONE = _("codes and direct top-ups"), _("phone credit")
_NUMBER = _("Merchant number there")

PROTOCOLS: dict[str, ProtocolWords] = {
    "fulu": ProtocolWords(_("Fulu"), _CARDS, _("App key"), (_main(_("App secret")),)),
    "kasushou": ProtocolWords(_("Kasushou"), _CARDS, _("User ID"), (_main(_("API key")),)),
    "kakayun": ProtocolWords(_("Kakayun"), _CARDS, _("User ID"), (_main(_("API key")),)),
    "iqiyi": ProtocolWords(
        _("iQIYI"), _("memberships, by top-up"), _("Partner number"), (_main(_("Signing key")),)
    ),
    "juhe": ProtocolWords(_("Juhe"), _PHONE, _("OpenID"), (_main(_("Interface key")),)),
    "ofpay": ProtocolWords(
        _("Ofpay"),
        _PHONE,
        _NUMBER,
        (
            _main(_("Password")),
            SecretWanted("key", _("Signing key"), _("Empty: their usual one.")),
        ),
    ),
    "kinguin": ProtocolWords(
        _("Kinguin"),
        _("game keys"),
        _("Our name there, for yourself"),
        (_main(_("API key")), _WEBHOOK),
    ),
    "reloadly_airtime": ProtocolWords(
        _("Reloadly, phone credit"), _PHONE, _("Client ID"), _RELOADLY
    ),
    "reloadly_gift_cards": ProtocolWords(
        _("Reloadly, gift cards"), _("gift cards"), _("Client ID"), _RELOADLY
    ),
    "connector": ProtocolWords(
        _("Another one, by a recipe"),
        _("whatever its recipe describes"),
        _NUMBER,
        (
            _main(_("Signing key")),
            SecretWanted(
                "recipe",
                _("Recipe"),
                _("JSON that says how it is asked and what its answers mean."),
                is_required=True,
                is_long=True,
            ),
        ),
    ),
    "sandbox": ProtocolWords(
        _("Sandbox"), _("nothing real"), _("Our name there, for yourself"), (_main(_("Any word")),)
    ),
}


def protocols_offered() -> dict[str, ProtocolWords]:
    """Those that a new supplier of the bound tenant may speak. The simulated one is docked by
    itself, and is listed where there is no other."""
    here = protocols_here() if is_sandbox() else protocols_here() - {"sandbox"}
    return {name: words for name, words in PROTOCOLS.items() if name in here}


def protocol_words(name: str) -> str:
    known = PROTOCOLS.get(name)
    return str(known.label) if known else name
