"""Moments that tests agree on."""

from datetime import UTC, datetime

MORNING = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
NEXT_DAY = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
