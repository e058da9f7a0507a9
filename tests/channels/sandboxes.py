"""A shop with a partner and its sandbox, and what workers do there."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from channels.models import Partner
from channels.services import sandbox
from channels.types import KeyTerms
from core.scope import step_over, tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from payments import services as payments
from payments.models import Refund
from suppliers.models import Attempt
from tests.api.callers import Caller
from tests.channels.factories import WANG, make_partner
from tests.times import MORNING

SECOND = timedelta(seconds=1)


@dataclass
class Twin:
    """The bound shop's sandbox by its tenant, a partner of the shop, and his test key."""

    pk: int
    partner: Partner
    key: str
    caller: Caller

    @contextmanager
    def scope(self):
        with step_over(self.pk), tenant_atomic():
            yield

    def work(self, now):
        """What the sweeper and the workers do in the four seconds after that moment."""
        for each in range(5):
            moment = now + each * SECOND
            due = self._due(moment)
            with step_over(self.pk):
                for unit_id in due:
                    fulfillment.send(unit_id=unit_id, now=moment)
        with self.scope():
            refunds = list(Refund.objects.exclude(state="done").values_list("pk", flat=True))
        with step_over(self.pk):
            for refund_id in refunds:
                payments.push_refund(refund_id=refund_id, now=now + 10 * SECOND)

    def _due(self, now):
        with self.scope():
            waiting = Unit.objects.filter(next_at__lte=now, state__in=["queued", "waiting"])
            asked = Attempt.objects.filter(next_at__lte=now)
            return sorted(
                {*waiting.values_list("pk", flat=True), *asked.values_list("unit_id", flat=True)}
            )


def open_twin(**partner) -> Twin:
    with tenant_atomic():
        made = make_partner(**partner)
    key = sandbox.issue_test_key(partner_ref=made.ref, terms=KeyTerms(), by=WANG, now=MORNING)
    twin_id = sandbox.open_sandbox(by=WANG, now=MORNING)
    text = key.text.reveal()
    return Twin(pk=twin_id, partner=made, key=text, caller=Caller(text))
