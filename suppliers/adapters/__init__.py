"""One supplier's protocol a file. They are known to this app only."""

from importlib.metadata import entry_points

from suppliers.adapters.connector import Connector
from suppliers.adapters.fulu import Fulu
from suppliers.adapters.iqiyi import Iqiyi
from suppliers.adapters.juhe import Juhe
from suppliers.adapters.kakayun import Kakayun
from suppliers.adapters.kasushou import Kasushou
from suppliers.adapters.kinguin import Kinguin
from suppliers.adapters.ofpay import Ofpay
from suppliers.adapters.reloadly_airtime import ReloadlyAirtime
from suppliers.adapters.reloadly_gift_cards import ReloadlyGiftCards
from suppliers.adapters.sandbox import Sandbox
from suppliers.types import SupplierAdapter

_ADAPTERS: tuple[type[SupplierAdapter], ...] = (
    *(Fulu, Iqiyi, Juhe, Kakayun, Kasushou, Ofpay),
    *(Kinguin, ReloadlyAirtime, ReloadlyGiftCards),
    *(Connector, Sandbox),
)
GROUP = "quanyi.suppliers"  # the entry points of packages that bring an adapter: docs/suppliers.md


def _from_packages() -> dict[str, type[SupplierAdapter]]:
    """Adapters of others. One of our names stays ours: a package replaces none."""
    found = {point.name: point.load() for point in entry_points(group=GROUP)}
    return {name: each for name, each in found.items() if name == each.name}


PROTOCOLS: dict[str, type[SupplierAdapter]] = _from_packages() | {
    each.name: each for each in _ADAPTERS
}
# Whose suppliers tell what they sell.
LISTING = frozenset(name for name, each in PROTOCOLS.items() if hasattr(each, "products"))
# Whose suppliers there are in sandboxes only, where there are no others.
REHEARSING = frozenset(name for name, each in PROTOCOLS.items() if hasattr(each, "query_again"))
