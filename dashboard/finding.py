"""One search box for orders: number, end of the phone, phone, mail, or a whole code."""

from fulfillment.selectors import find_order_ids_by_code
from inventory.selectors import find_code_by_text
from orders.selectors import find_orders

MOST = 500


def orders_found(*, text: str) -> list[int]:
    """Ids of orders that the text names. A code leads to its order by its blind index."""
    codes = [code.pk for code in find_code_by_text(text=text)]
    by_code = tuple(find_order_ids_by_code(code_ids=codes)) if codes else ()
    return list(find_orders(text=text, order_ids=by_code).values_list("pk", flat=True)[:MOST])
