"""One supplier's protocol a file. They are known to this app only."""

from suppliers.adapters.fulu import Fulu
from suppliers.adapters.iqiyi import Iqiyi
from suppliers.adapters.juhe import Juhe
from suppliers.adapters.kasushou import Kasushou
from suppliers.adapters.ofpay import Ofpay
from suppliers.types import SupplierAdapter

PROTOCOLS: dict[str, type[SupplierAdapter]] = {
    each.name: each for each in (Fulu, Iqiyi, Juhe, Kasushou, Ofpay)
}
