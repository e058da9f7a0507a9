from analytics.services.counting import count_touched, note_order

__all__ = ["count_touched", "note_order"]
