"""Reading a catalogue, whatever protocol it comes in: line by line, and page after page."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from suppliers.abilities import ListedProduct
from suppliers.errors import NoAnswer

LONGEST_LIST = 16 * 1024 * 1024  # bytes of one answer
Line = Mapping[str, Any]


def read_lines(
    lines: Iterable[Line], *, key: str, read: Callable[[Line], Iterable[ListedProduct]]
) -> Iterator[ListedProduct]:
    """What each line says; one that makes no sense spoils no other.

    `key` is where a line names its product. Without that it is left out: nothing can be ordered by
    it.
    """
    for line in lines:
        try:
            product = str(line[key])
        except (KeyError, TypeError, IndexError):
            continue
        try:
            found = list(read(line))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            found = [ListedProduct(product=product, is_unreadable=True)]
        yield from found


def every_page(
    ask: Callable[[int], list[Line]],
    *,
    read: Callable[[list[Line]], Iterable[ListedProduct]],
    most: int,
) -> Iterator[ListedProduct]:
    """What stands on the pages from 1 on, until one is empty or brings nothing new.

    A short page is not the last one: a supplier may give less than was asked for. Raises NoAnswer
    when it has not ended after `most` pages, or a page cannot be read at all.
    """
    known: set[tuple[str, int]] = set()
    for number in range(1, most + 1):
        lines = ask(number)
        found = {(one.product, one.face_value): one for one in read(lines)}
        if lines and not found:
            raise NoAnswer(f"page {number} of the catalogue is unreadable")
        if found.keys() <= known:
            return
        yield from (one for key, one in found.items() if key not in known)
        known |= found.keys()
    raise NoAnswer(f"the catalogue does not end after {most} pages")


def list_in(found: Any, *, name: str = "list") -> list[Line]:
    """The lines of an answer: itself, or what it has under that name; raises NoAnswer."""
    lines = found.get(name) if isinstance(found, dict) else found
    if not isinstance(lines, list):
        raise NoAnswer("the catalogue is no list")
    return lines


def stock_of(text: Any) -> int | None:
    """None for what is no number ("enough")."""
    try:
        return max(int(str(text)), 0)
    except ValueError:
        return None
