"""Pieces of programs in the portal: files that tests run, with the reader's own shop in them."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).parent.parent / "samples"
HOST, HOOK = "https://shop.example.com", "https://your.example.com/webhooks"
LOCAL_HOOK = "http://127.0.0.1:9000/webhooks"  # where the receiver of the quick start listens
_LANGUAGES = {".sh": "curl", ".py": "Python", ".java": "Java", ".php": "PHP", ".go": "Go"}
FILES = {
    "prepare": ("prepare.sh",),
    "keep_key": ("keep_key.sh",),
    "first_order": (
        "first_order.sh", "first_order.py", "FirstOrder.java", "first_order.php", "first_order.go",
    ),
    "verify_webhook": (
        "verify_webhook.py", "VerifyWebhook.java", "verify_webhook.php", "verify_webhook.go",
    ),
    "list_products": ("list_products.sh",),
    "all_orders": ("all_orders.py",),
    "make_endpoint": ("make_endpoint.sh",),
    "receive_webhooks": ("receive_webhooks.py",),
    "start_receiver": ("start_receiver.sh",),
    "send_test": ("send_test.sh",),
    "sdk_install": ("sdk_install.sh",),
    "sdk_order": ("sdk_order.py",),
    "sdk_again": ("sdk_again.py",),
    "sdk_webhook": ("sdk_webhook.py",),
    "door_kasushou": ("door_kasushou.py",),
    "door_agiso": ("door_agiso.py",),
    "door_goofish": ("door_goofish.py",),
}  # fmt: skip
TOLD = (
    *("list_products", "first_order_sh", "first_order_py", "make_endpoint", "start_receiver"),
    *("send_test", "verified"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """`name`: of the file that it is kept in, empty for what a terminal is told."""

    name: str
    language: str
    text: str


@lru_cache
def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8").rstrip()


def samples(*, root: str) -> dict[str, list[Sample]]:
    """Every sample as its readers at `root` (`https://host`) may copy it."""
    hook = LOCAL_HOOK if settings.WEBHOOKS_MAY_BE_LOCAL else HOOK
    return {
        topic: [
            Sample(
                name="" if name.endswith(".sh") else name,
                language=_LANGUAGES[Path(name).suffix],
                text=_read(name).replace(HOST, root).replace(HOOK, hook),
            )
            for name in names
        ]
        for topic, names in FILES.items()
    }


def expected() -> dict[str, str]:
    """What a reader sees once it has worked; “…” stands for what differs each time."""
    return {name: _read(f"told/{name}.txt") for name in TOLD}
