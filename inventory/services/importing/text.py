"""A text file as numbered lines, read as a stream whatever its line ends."""

import codecs
import io
from collections.abc import Iterable, Iterator

MOST_LINE = 16_384
UNREADABLE = "\ufffd"  # stands where the bytes were not of the file's encoding
_BOM = "\ufeff"


def blocks_of_lines(frames: Iterable[bytes], encoding: str) -> Iterator[list[str]]:
    """Lists of whole lines, without their ends. A line that never ends is cut, not collected."""
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding)(errors="replace"), translate=True
    )
    rest, is_first = "", True
    for frame in frames:
        if is_first and not encoding.startswith("utf-16"):
            frame = frame.removeprefix(codecs.BOM_UTF8)
        text = rest + decoder.decode(frame)
        if is_first and text:
            text, is_first = text.removeprefix(_BOM), False
        *lines, rest = text.split("\n")
        # Once it is longer than any line may be, only its being too long matters.
        rest = rest[: MOST_LINE + 1]
        yield lines
    rest += decoder.decode(b"", final=True)
    if rest:
        yield [rest]
