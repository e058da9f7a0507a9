"""What can go wrong on the way to a supplier and back. None of it reaches a shopper."""


class NothingSent(Exception):
    """No byte left the house: nothing can have been bought."""


class NoAnswer(Exception):
    """It may have arrived, and what came back says nothing that can be believed."""


class BadSignature(NoAnswer):
    """Signed by somebody else, or not at all."""


class Unspeakable(NothingSent):
    """The protocol has no words for what is asked (a character it cannot sign, say)."""
