"""Lists of the office that can be taken away as files, each as its page filters it."""

from dashboard.exporting.buyers import BUYERS
from dashboard.exporting.figures import FIGURES
from dashboard.exporting.goods import GOODS
from dashboard.exporting.money import LEDGER, SENT
from dashboard.exporting.orders import ORDERS
from dashboard.exporting.people import AUDIT, HITS, PARTNERS
from dashboard.exporting.sales import CASES, HELD, REFUNDS
from dashboard.exporting.statements import STATEMENTS
from dashboard.exporting.stock import BATCHES, LATES
from dashboard.exporting.supply import ATTEMPTS, BILLS, OFFERS, PRICES, SUPPLIERS

TABLES = (
    FIGURES,
    *(ORDERS, BUYERS, HELD, CASES, REFUNDS, HITS, GOODS, BATCHES),
    *(SUPPLIERS, OFFERS, PRICES, ATTEMPTS, LATES, BILLS, SENT, LEDGER),
    *(PARTNERS, STATEMENTS, AUDIT),
)
