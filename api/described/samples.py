"""Pieces of programs in the portal: files that tests run, with the reader's own shop in them."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parent.parent / "samples"
HOST = "https://shop.example.com"
_LANGUAGES = {".sh": "curl", ".py": "Python", ".java": "Java", ".php": "PHP", ".go": "Go"}
FILES = {
    "first_order": (
        "first_order.sh", "first_order.py", "FirstOrder.java", "first_order.php", "first_order.go",
    ),
    "verify_webhook": (
        "verify_webhook.py", "VerifyWebhook.java", "verify_webhook.php", "verify_webhook.go",
    ),
    "list_products": ("list_products.sh",),
    "all_orders": ("all_orders.py",),
    "make_endpoint": ("make_endpoint.sh",),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    language: str
    text: str


@lru_cache
def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8").rstrip()


def samples(*, root: str) -> dict[str, list[Sample]]:
    """Every sample as its readers at `root` (`https://host`) may copy it."""
    return {
        topic: [
            Sample(
                language=_LANGUAGES[Path(name).suffix],
                text=_read(name).replace(HOST, root),
            )
            for name in names
        ]
        for topic, names in FILES.items()
    }
