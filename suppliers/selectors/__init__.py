"""Suppliers, their offers and the tries to buy, as they are. Nothing here writes."""

from suppliers.selectors.abilities import (
    can_verify,
    find_player,
    may_rehearse,
    protocols_here,
    skus_verified,
    takes_complaints,
)
from suppliers.selectors.authorising import (
    authorisations_ending,
    authorisations_of,
    find_paper,
)
from suppliers.selectors.catalogues import (
    count_price_changes,
    due_catalogues,
    find_catalogue,
    find_listed,
    lists_products,
    offers_of_line,
    price_changes,
    products_of_supplier,
)
from suppliers.selectors.complaints import (
    complaint_moves_of_units,
    complaints_of_attempt,
    words_of_complaint,
)
from suppliers.selectors.cycles import cycles_of, payments_to_suppliers
from suppliers.selectors.health import due_balances, health_of_suppliers, resting
from suppliers.selectors.margins import cost_of_next, find_margin_rule, margin_rules
from suppliers.selectors.routing import (
    choose_offer,
    judged_offers,
    most_for,
    skus_with_offers,
)
from suppliers.selectors.settlement import (
    bought_of_bill,
    breaks,
    due_bill_files,
    due_bills,
    find_note_before,
    get_bill,
    get_supplier,
    lines_of_bill,
    shop_zone,
    span_of,
)
from suppliers.selectors.tales import (
    every_so_many_missed,
    tales_of_accounts,
    tales_of_products,
    verdicts_of_accounts,
)
from suppliers.selectors.tries import (
    contradicted_attempts,
    due_attempts,
    find_attempt,
    find_open_attempt,
    get_offer,
    moves_of_units,
    names_of_suppliers,
    tries_of_unit,
)

__all__ = [
    "authorisations_ending",
    "authorisations_of",
    "bought_of_bill",
    "breaks",
    "can_verify",
    "choose_offer",
    "complaint_moves_of_units",
    "complaints_of_attempt",
    "contradicted_attempts",
    "cost_of_next",
    "count_price_changes",
    "cycles_of",
    "due_attempts",
    "due_balances",
    "due_bill_files",
    "due_bills",
    "due_catalogues",
    "every_so_many_missed",
    "find_attempt",
    "find_catalogue",
    "find_listed",
    "find_margin_rule",
    "find_note_before",
    "find_open_attempt",
    "find_paper",
    "find_player",
    "get_bill",
    "get_offer",
    "get_supplier",
    "health_of_suppliers",
    "judged_offers",
    "lines_of_bill",
    "lists_products",
    "margin_rules",
    "may_rehearse",
    "most_for",
    "moves_of_units",
    "names_of_suppliers",
    "offers_of_line",
    "payments_to_suppliers",
    "price_changes",
    "products_of_supplier",
    "protocols_here",
    "resting",
    "shop_zone",
    "skus_verified",
    "skus_with_offers",
    "span_of",
    "takes_complaints",
    "tales_of_accounts",
    "tales_of_products",
    "tries_of_unit",
    "verdicts_of_accounts",
    "words_of_complaint",
]
