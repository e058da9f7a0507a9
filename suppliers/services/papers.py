"""Papers that a merchant keeps about a supplier: what is taken as one."""

from suppliers.states import PaperKind

MOST_PAPER = 5 * 1024 * 1024
# A file is what its first bytes say, whatever its name and the browser say.
_BEGINS = (
    (b"%PDF-", PaperKind.PDF),
    (b"\x89PNG\r\n\x1a\n", PaperKind.PNG),
    (b"\xff\xd8\xff", PaperKind.JPG),
)


def is_too_large(body: bytes) -> bool:
    return len(body) > MOST_PAPER


def find_kind(body: bytes) -> PaperKind | None:
    return next((kind for begins, kind in _BEGINS if body.startswith(begins)), None)
