from analytics.services.checking import check
from analytics.services.counting import count_touched, note_batch, note_order, note_unit
from analytics.services.healing import check_nightly, heal
from analytics.services.rebuilding import ask_for_recut, rebuild, recut
from analytics.services.segments import (
    ask_for_count,
    count_segment,
    drop_segment,
    save_segment,
)

__all__ = [
    "ask_for_count",
    "ask_for_recut",
    "check",
    "check_nightly",
    "count_segment",
    "count_touched",
    "drop_segment",
    "heal",
    "note_batch",
    "note_order",
    "note_unit",
    "rebuild",
    "recut",
    "save_segment",
]
