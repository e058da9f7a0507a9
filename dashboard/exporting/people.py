"""Partners, what was done by whom, and what the risk rules said."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from channels.selectors import partners_at_a_glance
from dashboard.action_words import action_words
from dashboard.exporting.asking import amount, moment, of_days, request_of, rows_by_day
from dashboard.queueing import rule_names
from dashboard.targets import abouts_of
from dashboard.words import no_rule_words, reason_words, who
from reports.types import Asker, Column, Line, Table
from risk.models import Assessment
from tenants.models import AuditRow
from tenants.selectors import get_shop


def _partners(asker: Asker, rows: Sequence[Any]) -> list[Line]:
    currency = get_shop().currency
    return [
        (
            one.ref,
            one.name,
            capfirst(str(one.get_state_display())),
            amount(one.balance_e4, currency),
            amount(-one.floor_e4, currency),
            currency,
            one.tier.name if one.tier else "",
            one.live_keys,
            moment(one.ordered_at),
            moment(one.made_at),
        )
        for one in rows
    ]


def _audit(asker: Asker, rows: Sequence[Any]) -> list[Line]:
    abouts = abouts_of(request_of(asker, ""), rows)
    return [
        (
            moment(row.at),
            who(row.by),
            action_words(row.action),
            abouts[row.pk].words,
            reason_words(row.reason),
            row.ip or "",
        )
        for row in rows
    ]


def _hits(asker: Asker, rows: Sequence[Assessment]) -> list[Line]:
    """A line for each rule that spoke."""
    names, currency = rule_names(), get_shop().currency
    return [
        (
            moment(look.at),
            capfirst(str(look.get_moment_display())),
            look.subject,
            no_rule_words(said["rule"]) or str(names.get(said["rule"], said["name"])),
            capfirst(str(look.get_action_display())),
            look.score,
            amount(look.amount_e4, currency),
            currency,
        )
        for look in rows
        for said in look.spoken
    ]


PARTNERS = Table(
    name="partners",
    title=_("Partners"),
    right="partners.view",
    columns=(
        Column(_("Partner number")), Column(_("Partner")), Column(_("State")),
        Column(_("Balance"), "money.view"), Column(_("Credit"), "money.view"),
        Column(_("Currency")), Column(_("Price tier")), Column(_("Keys")),
        Column(_("Last order")), Column(_("Made at")),
    ),
    rows=lambda asker, query: partners_at_a_glance(now=timezone.now()).select_related("tier"),
    lines=_partners,
)  # fmt: skip
AUDIT = Table(
    name="audit",
    title=_("Audit log"),
    right="audit.view",
    columns=(
        Column(_("When")), Column(_("By")), Column(_("Action")), Column(_("About")),
        Column(_("Reason")), Column(_("IP address")),
    ),
    rows=partial(rows_by_day, AuditRow, "at"),
    of_days=of_days,
    lines=_audit,
)  # fmt: skip
HITS = Table(
    name="hits",
    title=_("Rule hits"),
    right="risk.view",
    columns=(
        Column(_("When")), Column(_("Moment")), Column(_("Order number")), Column(_("Rule")),
        Column(_("Verdict")), Column(_("Score")), Column(_("Amount")), Column(_("Currency")),
    ),
    rows=lambda asker, query: Assessment.objects.exclude(spoken=[]),
    lines=_hits,
)  # fmt: skip
