"""One supplier's protocol a file. They are known to this app only."""

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
from suppliers.types import SupplierAdapter

_ADAPTERS: tuple[type[SupplierAdapter], ...] = (
    *(Fulu, Iqiyi, Juhe, Kakayun, Kasushou, Ofpay),
    *(Kinguin, ReloadlyAirtime, ReloadlyGiftCards),
    Connector,
)
PROTOCOLS: dict[str, type[SupplierAdapter]] = {each.name: each for each in _ADAPTERS}
