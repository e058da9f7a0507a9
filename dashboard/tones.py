"""A state as a word with a colour."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

TONES = {
    "good": {
        "completed", "delivered", "available", "published", "active", "done", "captured", "paid",
        "success", "explained", "matched", "stocked", "returned",
    },
    "busy": {
        "fulfilling", "queued", "sending", "accepted", "running", "reserved", "pending",
        "created", "sent", "claimed", "processing", "reading", "matching",
        "freezing", "unfreezing", "recalling", "undoing",
    },
    "warn": {
        "held", "waiting", "by_hand", "review", "frozen", "quarantined", "placed", "open",
        "checked",
        "waiting_supplier", "waiting_funds", "needs_person", "uploaded", "partly_refunded",
        "unknown",
    },
    "bad": {"failed", "canceled", "recalled", "void", "expired", "suspended", "rejected",
        "reversed", "refused", "written_off",
    },
}  # fmt: skip


def tone_of(state: str) -> str:
    return next((tone for tone, states in TONES.items() if str(state) in states), "")


def state_tag(state: str, label: Any) -> SafeString:
    """A state as a word with a colour: never the colour alone."""
    tone = tone_of(state)
    css = f"qy-{tone}" if tone else ""
    return format_html('<span class="qy-state {}">{}</span>', css, capfirst(str(label)))
