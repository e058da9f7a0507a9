"""Which codes of this file were met already, without holding a million strings.

An open-addressing table of 64-bit keys in one flat array: 8 bytes a slot, where a Python set of the
same keys takes ten times that. Two codes share a key with a chance of 3 in a million for ten
million lines; it only counts for the dry run, the load itself compares whole digests in Postgres.
"""

from array import array

_LEAST = 1 << 16


class SeenKeys:
    def __init__(self, *, expected: int = 0) -> None:
        size = _LEAST
        while size < expected * 1.6:
            size *= 2
        self._slots = self._empty(size)
        self._count = 0

    def add(self, digest: bytes) -> bool:
        """Whether the digest is new; remembers it."""
        key = int.from_bytes(digest[:8], "little") or 1
        slots = self._slots
        mask = len(slots) - 1
        at = key & mask
        while (found := slots[at]) != 0:
            if found == key:
                return False
            at = (at + 1) & mask
        slots[at] = key
        self._count += 1
        if self._count * 4 > len(slots) * 3:
            self._grow()
        return True

    def _grow(self) -> None:
        old, self._slots = self._slots, self._empty(2 * len(self._slots))
        slots, mask = self._slots, len(self._slots) - 1
        for key in old:
            if key:
                at = key & mask
                while slots[at]:
                    at = (at + 1) & mask
                slots[at] = key

    @staticmethod
    def _empty(size: int) -> "array[int]":
        return array("Q", bytes(8 * size))
