"""Money as the books have it: the ledger's entries, and what was sent to suppliers."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from channels.models import Partner
from channels.services.statement_files import KINDS as OF_PARTNERS
from dashboard.exporting.asking import amount, moment, of_days, within_days
from dashboard.reading import ids_in
from dashboard.words import provider_words, who
from payments.models import Account, Entry
from payments.states import AccountKind
from reports.types import Asker, Column, Line, Table
from suppliers.models import SupplierPayment
from suppliers.selectors import names_of_suppliers, payments_to_suppliers

KINDS = OF_PARTNERS | {
    "refund_promised": _("refund promised"),
    "refund_own_risk": _("refund promised at own risk"),
    "supplier_payment": _("sent to a supplier"),
    "cost": _("goods bought"),
    "loss": _("written off"),
}


def _entries(asker: Asker, query: str) -> "QuerySet[Entry]":
    found = Entry.objects.select_related("journal", "account")
    return within_days(found, "journal__at", query)


def _ledger(asker: Asker, rows: Sequence[Entry]) -> list[Line]:
    names = _Names(rows)
    return [
        (
            moment(one.journal.at),
            capfirst(str(KINDS.get(one.journal.kind, one.journal.kind))),
            one.journal.ref,
            capfirst(str(one.account.get_kind_display())),
            names.of(one.account),
            amount(one.amount_e4, one.currency),
            one.currency,
            who(one.journal.by),
        )
        for one in rows
    ]


class _Names:
    """Whose accounts some entries are on; of a shopper's nobody is named."""

    def __init__(self, rows: Sequence[Entry]) -> None:
        refs = {row.account.owner_ref for row in rows if row.account.kind == AccountKind.PARTNER}
        self._partners = dict(Partner.objects.filter(ref__in=refs).values_list("ref", "name"))
        self._suppliers = {str(pk): name for pk, name in names_of_suppliers().items()}

    def of(self, account: Account) -> str:
        owner = account.owner_ref
        match AccountKind(account.kind):
            case AccountKind.PARTNER:
                return self._partners.get(owner, owner)
            case AccountKind.SUPPLIER:
                return self._suppliers.get(owner, owner)
            case AccountKind.PROVIDER:
                return provider_words(owner)
        return ""


def _sent(asker: Asker, rows: Sequence[SupplierPayment]) -> list[Line]:
    return [
        (
            one.supplier.name,
            amount(one.amount_e4, one.currency),
            one.currency,
            str(one.paid_on),
            str(one.counts_on),
            capfirst(str(one.get_how_display())),
            one.ref,
            one.note,
            who(one.by),
            moment(one.made_at),
            moment(one.undone_at),
            one.undone_why,
        )
        for one in rows
    ]


def _payments(asker: Asker, query: str) -> "QuerySet[SupplierPayment]":
    chosen = ids_in([QueryDict(query).get("of", "")])
    found = payments_to_suppliers()
    return found.filter(supplier_id=chosen[0]) if chosen else found


LEDGER = Table(
    name="ledger",
    title=_("Ledger"),
    right="money.view",
    columns=(
        Column(_("At")), Column(_("What")), Column(_("Reference")), Column(_("Ledger account")),
        Column(_("Whose")), Column(_("Amount")), Column(_("Currency")), Column(_("By")),
    ),
    rows=_entries,
    of_days=of_days,
    lines=_ledger,
)  # fmt: skip
SENT = Table(
    name="sent",
    title=_("Payments to suppliers"),
    right="bills.settle",
    columns=(
        Column(_("Supplier")), Column(_("Amount")), Column(_("Currency")), Column(_("Paid on")),
        Column(_("Pays the cycle of")), Column(_("How")), Column(_("Reference")),
        Column(_("Note")), Column(_("By")), Column(_("Noted at")), Column(_("Undone at")),
        Column(_("Why undone")),
    ),
    rows=_payments,
    lines=_sent,
)  # fmt: skip
