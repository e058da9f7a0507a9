"""A value that must not be printed by accident."""


class Secret:
    """Holds text; shows it only to who asks by name, and never pickles or prints it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("A secret is not pickled: send its id.")


MASK = "••••"


def masked(text: str, *, head: int = 4, tail: int = 4) -> str:
    """`YK9F••••27QX`; a short secret shows nothing of itself."""
    if len(text) < 2 * (head + tail):
        head, tail = (2, 2) if len(text) >= 8 else (0, 0)
    return f"{text[:head]}{MASK}{text[len(text) - tail :]}"


def masked_name(text: str) -> str:
    """`小**`: enough of a nickname for who knows it, and not for who collects them."""
    return f"{text[:1]}**"


def masked_phone(text: str) -> str:
    """`138****8000`, the customary way in China."""
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else masked(text)


def masked_mail(text: str) -> str:
    """`a***@example.com`."""
    return f"{text[:1]}***@{text.partition('@')[2]}"
