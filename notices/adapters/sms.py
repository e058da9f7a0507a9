"""What a provider of SMS is given, and what each of them has to say."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.outward import Incoming, Outgoing
from core.secrets import Secret
from notices.states import Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The shop's at a provider; `app_id` and `region` are Tencent's."""

    base_url: str
    key_id: str
    secret: Secret
    signature: str
    template: str
    app_id: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One message: a `code` for the number `to` (`+8613800138000`). `nonce` is of this call."""

    to: Secret
    code: Secret
    nonce: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of it, and the provider's word for why not."""

    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """How it is asked, and how its answer for a message is understood."""

    home: str
    compose: Callable[[Account, Text], Outgoing]
    understand: Callable[[Incoming, Text], Told]
