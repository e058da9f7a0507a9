"""How many lines came to what."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from inventory.services.importing.lines import Reason, Refused

# Shown by themselves; every other reason is a malformed line.
OWN = (Reason.DUPLICATE_IN_FILE, Reason.IN_STOCK, Reason.SOLD_BEFORE, Reason.EXPIRED)


def add_up(counts: dict[str, Any], *, valid: int, refused: Iterable[Refused]) -> dict[str, Any]:
    """`counts` with one stretch more: lines = valid + every reason's number, always."""
    reasons = Counter(counts.get("reasons", {}))
    reasons.update(str(line.reason) for line in refused)
    valid += counts.get("valid", 0)
    own = {str(reason): reasons[reason] for reason in OWN}
    malformed = reasons.total() - sum(own.values())
    return {
        "lines": valid + reasons.total(),
        "valid": valid,
        **own,
        "malformed": malformed,
        "reasons": dict(reasons),
    }
