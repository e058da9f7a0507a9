"""Numbers for others in place of a table's own, which would tell how much there is of everything.

A permutation under a key of the tenant's own, so that nothing has to be kept: the same row has the
same number for ever. All are between 2^30 and 2^31, and so fit where others keep 32 bits.
"""

from collections.abc import Callable

from core.crypto import indexer

_HALF = 15  # bits
_MASK = (1 << _HALF) - 1
FLOOR = 1 << 2 * _HALF
_ROUNDS = range(8)


def veil(number: int, *, of: str) -> int:
    """What others know the row by; `of` names what is counted. Raises ValueError past 2^30."""
    if not 0 <= number < FLOOR:
        raise ValueError(number)
    left, right, turn = number >> _HALF, number & _MASK, _turner(of)
    for each in _ROUNDS:
        left, right = right, left ^ turn(each, right)
    return FLOOR | left << _HALF | right


def unveil(number: int, *, of: str) -> int:
    """The row's own number; of what was never given, some number or 0."""
    if not FLOOR <= number < 2 * FLOOR:
        return 0
    left, right, turn = number >> _HALF & _MASK, number & _MASK, _turner(of)
    for each in reversed(_ROUNDS):
        left, right = right ^ turn(each, left), left
    return left << _HALF | right


def _turner(of: str) -> Callable[[int, int], int]:
    index = indexer(field=f"veil|{of}")
    return lambda each, half: int.from_bytes(index(f"{each}|{half}")[:2]) & _MASK
