"""Which providers there are. A new one is one file in adapters/ and one line here."""

from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext as _

from payments.adapters.balance import BalanceProvider
from payments.adapters.sandbox import SandboxProvider
from payments.errors import ProviderUnknown
from payments.services import sandbox_books
from payments.types import PaymentProvider, ProviderChoice
from tenants.selectors import is_sandbox

BALANCE = "balance"
SANDBOX = "sandbox"


def provider_named(name: str) -> PaymentProvider:
    """The provider with the bound merchant's keys, or ProviderUnknown."""
    make = _providers().get(name)
    if make is None:
        raise ProviderUnknown(_("This way to pay does not exist here. Choose another one."))
    return make()


def ways_to_pay() -> list[ProviderChoice]:
    """What a shopper may choose from."""
    if not has_sandbox():
        return []
    return [ProviderChoice(name=SANDBOX, label=_("Sandbox QR payment"))]


def success_word(*, provider: str) -> bytes:
    """What the provider wants to hear when its notice was taken."""
    return provider_named(provider).success


def has_sandbox() -> bool:
    """Whether play money is taken: on a machine for it, and in a shop for trying things out."""
    return bool(settings.SANDBOX_PAYMENTS) or is_sandbox()


def _providers() -> dict[str, Callable[[], PaymentProvider]]:
    made: dict[str, Callable[[], PaymentProvider]] = {BALANCE: BalanceProvider}
    if has_sandbox():
        made[SANDBOX] = _sandbox
    return made


def _sandbox() -> SandboxProvider:
    return SandboxProvider(
        key=sandbox_books.notice_key,
        merchant_ref=sandbox_books.merchant_ref,
        books=sandbox_books.Books(),
    )
