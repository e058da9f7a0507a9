import pytest

from core.kept import Kept


@pytest.fixture
def asked(settings):
    """An answer that counts how often it was asked for, kept for a minute."""
    settings.KEPT_SECONDS = 60.0
    return iter(range(100))


def test_an_answer_is_asked_for_once_in_a_while(asked):
    kept: Kept[int] = Kept(most=10)

    assert [kept.get("a", lambda: next(asked)) for _ in range(3)] == [0, 0, 0]
    assert kept.get("b", lambda: next(asked)) == 1


def test_an_old_answer_is_asked_for_again(asked, settings):
    kept: Kept[int] = Kept(most=10)
    settings.KEPT_SECONDS = 0.000001

    assert [kept.get("a", lambda: next(asked)) for _ in range(3)] == [0, 1, 2]


def test_who_comes_while_one_asks_again_is_told_the_old_answer(asked, settings):
    kept: Kept[int] = Kept(most=10)
    settings.KEPT_SECONDS = 0.000001
    first = kept.get("a", lambda: next(asked))
    told = []

    def ask_while_others_come():
        told.extend(kept.get("a", lambda: next(asked)) for _ in range(3))
        return next(asked)

    again = kept.get("a", ask_while_others_come)

    assert (first, told, again) == (0, [0, 0, 0], 1)


def test_what_is_not_there_any_more_is_not_told(asked, settings):
    kept: Kept[int | None] = Kept(most=10)
    settings.KEPT_SECONDS = 0.000001
    kept.get("a", lambda: next(asked))

    assert kept.get("a", lambda: None) is None
    assert kept.get("a", lambda: None) is None


def test_what_is_refused_from_now_on_is_not_told_either(asked, settings):
    kept: Kept[int] = Kept(most=10)
    settings.KEPT_SECONDS = 0.000001
    kept.get("a", lambda: next(asked))

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            kept.get("a", lambda: 1 // 0)


def test_nothing_is_no_answer_to_keep(asked):
    kept: Kept[int | None] = Kept(most=10)

    assert kept.get("a", lambda: None) is None
    assert kept.get("a", lambda: next(asked)) == 0


def test_no_more_is_kept_than_agreed(asked):
    kept: Kept[int] = Kept(most=2)

    for key in "abc":
        kept.get(key, lambda: next(asked))

    assert kept.get("c", lambda: next(asked)) == 2
    assert kept.get("a", lambda: next(asked)) == 3


def test_nothing_is_kept_when_told_so(asked, settings):
    settings.KEPT_SECONDS = 0.0
    kept: Kept[int] = Kept(most=2)

    assert [kept.get("a", lambda: next(asked)) for _ in range(2)] == [0, 1]


def test_what_was_kept_before_it_was_told_so_is_forgotten(asked, settings):
    settings.KEPT_SECONDS = 0.000001
    kept: Kept[int] = Kept(most=2)
    kept.get("a", lambda: next(asked))
    settings.KEPT_SECONDS = 0.0

    assert [kept.get("a", lambda: next(asked)) for _ in range(2)] == [1, 2]
