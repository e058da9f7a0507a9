import pytest

from inventory.services.importing.cleaning import Mark, clean, marks_of

VALUES = [
    ("ABCD-1234", "ABCD-1234", []),
    ("  ABCD 1234 ", "ABCD 1234", [Mark.TRIMMED]),
    ("ＡＢＣＤ－１２３４", "ABCD-1234", [Mark.FULL_WIDTH]),
    ("AB\u00a0CD\u3000", "AB CD", [Mark.TRIMMED, Mark.BLANK]),
    ("AB\u200bCD\ufeff\u202e", "ABCD", [Mark.INVISIBLE]),
    ("AB\x00CD\x07", "ABCD", [Mark.CONTROL]),
    ("\tABCD", "ABCD", [Mark.TRIMMED, Mark.BLANK]),
    ("卡密abcDEF", "卡密abcDEF", []),
    ("=HYPERLINK(1)", "=HYPERLINK(1)", []),
    ("<script>🎮</script>", "<script>🎮</script>", []),
]


@pytest.mark.parametrize(("raw", "stored", "marks"), VALUES)
def test_one_rule_cleans_every_value_and_says_what_it_did(raw, stored, marks):
    assert clean(raw) == stored
    assert marks_of(raw) == marks


def test_a_clean_value_is_not_changed_again():
    assert all(clean(clean(raw)) == clean(raw) for raw, _, _ in VALUES)
