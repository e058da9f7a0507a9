"""A phone number or a mail address in its one writing."""

import pytest

from core.contacts import clean_mail
from core.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ann@Example.com\u3000", "ann@example.com"),
        ("ann@\uff45xample.com", "ann@example.com"),
        ("ann@exam\u00adple.com", "ann@example.com"),
        ("ann@exa\u200bmple.com", "ann@example.com"),
        ("\uff41nn@example.com", "ann@example.com"),
        ("ann@B\u00dcCHER.de", "ann@b\u00fccher.de"),
        ("ann@xn--bcher-kva.de", "ann@b\u00fccher.de"),
        ("ann@例子.中国", "ann@例子.中国"),
    ],
)
def test_a_mailbox_has_one_writing(typed, kept):
    """Mail goes to the same one, so lists, counts and bounds know it by one."""
    assert clean_mail(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "ann", "ann@", "ann@example", "ann@xn--a.de", f"ann@{'x' * 64}.com",
        '"a@fine.example"@example.com', "ann@[192.0.2.1]",
    ],
)  # fmt: skip
def test_what_is_no_name_at_a_name_is_no_mail_address(typed):
    with pytest.raises(InvalidInput):
        clean_mail(typed)
