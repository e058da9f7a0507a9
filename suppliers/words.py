"""What was said of an exchange, in its reader's words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
# Our own words for what went wrong on the wire; what a supplier says is shown as it came.
_OURS: tuple[tuple[str, Text], ...] = (
    ("not sent: ", _("Not sent: %(rest)s")),
    ("unreadable: ", _("Unreadable: %(rest)s")),
    ("HTTP ", _("Error page: HTTP %(rest)s")),
)
_WIRE: dict[str, Text] = {
    "ConnectionError": _("no connection"),
    "ConnectTimeout": _("no connection in time"),
    "ConnectTimeoutError": _("no connection in time"),
    "InvalidIPAddress": _("the address leads nowhere, or into the house"),
    "ReadTimeout": _("no answer in time"),
    "TimeoutError": _("no answer in time"),
    "SSLError": _("its certificate is not valid"),
    "no whole answer in time": _("no answer in time"),
    "only https is spoken": _("only https is spoken"),
    "the body is no JSON": _("its answer is no JSON"),
    "ValueError": _("its answer cannot be read"),
    "IncompleteRead": _("its answer broke off"),
    "ProtocolError": _("its answer broke off"),
    "an empty catalogue": _("an empty catalogue, which is not believed"),
    "the recipe has no balance": _("its recipe says nothing of a balance"),
    "too late to send: it is asked after first": _("held up too long: it is asked after first"),
}


def said_words(said: str) -> str:
    for mark, words in _OURS:
        if said.startswith(mark):
            return str(words) % {"rest": said_words(said.removeprefix(mark))}
    return str(_WIRE.get(said, said))
