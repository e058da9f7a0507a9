from analytics.services.checking import check
from analytics.services.counting import count_touched, note_order
from analytics.services.rebuilding import rebuild

__all__ = ["check", "count_touched", "note_order", "rebuild"]
