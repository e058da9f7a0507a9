"""Partners' money in the office: filed by one, confirmed by another; and statements."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from channels.models import BalanceClaim
from core.scope import tenant_atomic
from payments.selectors import balance_of
from tenants.models import User
from tenants.roles import Role
from tests.api.callers import Caller
from tests.channels.factories import make_keyed, make_partner
from tests.dashboard.people import browser_of
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(databases="__all__")
CLAIMS = "/office/claims/"
PDF = b"%PDF-1.7 a slip"


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner(name="Acme", balance_e4=0)


@pytest.fixture
def ann(shop):
    return browser_of(shop, Role.FINANCE)


@pytest.fixture
def ben(shop):
    return browser_of(shop, Role.OWNER)


def file(browser, claimed, **more):
    form = {"partner": claimed.pk, "amount": "500", "paid_on": "2026-01-05", "bank_ref": "B-1"}
    return browser.post(CLAIMS, form | more)


@tenant_atomic
def claim():
    return BalanceClaim.objects.latest("pk")


@tenant_atomic
def states():
    return list(BalanceClaim.objects.order_by("pk").values_list("state", flat=True))


@tenant_atomic
def balance(partner):
    return balance_of(account_id=partner.account_id)


def press(browser, verb, **form):
    return browser.post(f"{CLAIMS}{claim().ref}/{verb}/", form)


def test_a_transfer_is_filed_found_and_confirmed_by_two(partner, ann, ben):
    answers = [
        file(ann, partner, proof=SimpleUploadedFile("slip.pdf", PDF)),
        press(ann, "match"),
        press(ben, "confirm"),
    ]

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert (states(), balance(partner)) == (["confirmed"], 5_000_000)
    page = ann.get(CLAIMS).content.decode()
    assert "finance@example.com" in page
    assert "owner@example.com" in page


def test_who_filed_it_finds_no_button_and_is_refused(partner, ann):
    file(ann, partner)
    press(ann, "match")

    page, answer = ann.get(CLAIMS).content.decode(), press(ann, "confirm")

    assert f"{claim().ref}/confirm/" not in page
    assert (answer.status_code, states(), balance(partner)) == (409, ["matched"], 0)
    assert "Who filed it does not confirm it" in answer.content.decode()


def test_what_waits_is_a_to_do_of_who_may_decide(shop, partner, ann):
    file(ann, partner)

    todo = ann.get("/office/").context["todo"]
    other = browser_of(shop, Role.OPERATOR).get("/office/").context["todo"]

    assert [(one.count, one.link) for one in todo] == [(1, CLAIMS)]
    assert other == []


def test_a_confirmation_asks_for_the_password_again(partner, ann, ben):
    file(ann, partner)
    press(ann, "match")
    session = ben.session
    session["account_authentication_methods"] = []
    session.save()

    answer = press(ben, "confirm")

    assert answer["Location"].startswith("/office/reauthenticate/")
    assert (states(), balance(partner)) == (["matched"], 0)


def test_a_refusal_says_why_and_books_nothing(partner, ann):
    file(ann, partner)

    silent, done = press(ann, "refuse", reason=" "), press(ann, "refuse", reason="not there")

    assert (silent.status_code, done.status_code) == (422, 302)
    assert "Write why it is refused." in silent.content.decode()
    assert (states(), balance(partner)) == (["refused"], 0)
    assert "not there" in ann.get(CLAIMS).content.decode()


def test_a_proof_is_taken_away_and_never_opened_here(partner, ann):
    file(ann, partner, proof=SimpleUploadedFile("../slip.pdf", PDF))

    answer = ann.get(f"{CLAIMS}{claim().ref}/proof/")

    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"] == (f'attachment; filename="transfer-{claim().ref}.pdf"')
    assert ann.get(f"{CLAIMS}NOSUCH/proof/").status_code == 404


def test_a_claim_without_a_proof_has_none(partner, ann):
    file(ann, partner)

    assert ann.get(f"{CLAIMS}{claim().ref}/proof/").status_code == 404


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"amount": "0"}, "amount", ("Write an amount above zero.", "金额")),
        ({"amount": "1.234"}, "amount", ("", "")),
        ({"amount": "abc"}, "amount", ("Write an amount such as 12.50.", "12.50")),
        ({"paid_on": "2999-01-01"}, "paid_on", ("today or before", "今天")),
        ({"paid_on": "yesterday"}, "paid_on", ("", "")),
        ({"bank_ref": ""}, "bank_ref", ("", "")),
        ({"bank_ref": "TAKEN"}, "bank_ref", ("stands in a claim of Acme", "已登记在“Acme”")),
        ({"partner": "999999"}, "partner", ("", "")),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_no_transfer_is_told_at_its_field(partner, ann, more, field, words, language):
    file(ann, partner, bank_ref="TAKEN", amount="7")
    User.objects.update(language=language)

    answer = file(ann, partner, **({"note": "stays"} | more))

    assert (answer.status_code, states()) == (422, ["filed"])
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["note"].value() == "stays"
    assert words[language != "en"] in answer.content.decode()


@pytest.mark.parametrize("body", [b"<html>", PDF + b"x" * (5 * 1024 * 1024)], ids=["kind", "size"])
def test_a_proof_that_is_none_is_told_at_its_field(partner, ann, body):
    answer = file(ann, partner, proof=SimpleUploadedFile("slip.pdf", body))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["proof"])
    assert states() == []


def test_a_correction_takes_two_people_too(partner, ann, ben):
    path = f"/office/partners/{partner.ref}/correction/"

    answer = ann.post(path, {"way": "up", "amount": "3.1415", "reason": "booked short"})
    mine = press(ann, "confirm")
    press(ben, "confirm")

    assert (answer.status_code, mine.status_code) == (302, 409)
    assert (states(), balance(partner)) == (["confirmed"], 31_415)


def test_a_correction_below_the_floor_is_refused_and_waits(partner, ann, ben):
    path = f"/office/partners/{partner.ref}/correction/"
    ann.post(path, {"way": "down", "amount": "1", "reason": "booked twice"})

    answer = press(ben, "confirm")

    assert (states(), balance(partner)) == (["matched"], 0)
    assert "The balance is too low." in answer.content.decode()


@pytest.mark.parametrize(
    ("more", "field"),
    [({"amount": "0"}, "amount"), ({"amount": "x"}, "amount"), ({"reason": ""}, "reason"),
     ({"way": "sideways"}, "way")],
)  # fmt: skip
def test_what_is_no_correction_is_told_at_its_field(partner, ann, more, field):
    form = {"way": "up", "amount": "1", "reason": "why"} | more

    answer = ann.post(f"/office/partners/{partner.ref}/correction/", form)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert states() == []


@pytest.mark.parametrize("verb", ["match", "confirm", "refuse"])
def test_an_operator_moves_no_money(shop, partner, ann, verb):
    file(ann, partner)

    answer = press(browser_of(shop, Role.OPERATOR), verb, reason="no")

    assert (answer.status_code, states()) == (403, ["filed"])


@pytest.mark.usefixtures("unprepared")
@pytest.mark.parametrize("count", [1, 3])
def test_claims_ask_as_often_however_many_there_are(partner, ann, count, django_assert_num_queries):
    for at in range(count):
        file(ann, partner, bank_ref=f"B-{at}")
        file(ann, partner, bank_ref=f"C-{at}")
        press(ann, "refuse", reason="no")
    ann.get(CLAIMS)

    with django_assert_num_queries(12):
        ann.get(CLAIMS)


@pytest.fixture
def busy(shop):
    """A partner who has ordered this month."""
    with tenant_atomic():
        keyed, sku = make_keyed(now=timezone.now()), stocked_sku(1)
    Caller(keyed).order(sku, "P-1")
    return keyed.partner


def statement(browser, partner, query=""):
    return browser.get(f"/office/partners/{partner.ref}/statement/{query}")


def test_a_statement_shows_what_led_to_the_balance(busy, ann):
    page = statement(ann, busy)

    lines = page.context["lines"]
    assert [str(row["kind"]) for row in lines] == ["topped up", "order paid"]
    assert lines[-1]["line"].partner_order_no == "P-1"
    assert str(page.context["closing"]) == str(lines[-1]["balance"])
    assert page.context["closing"].e4 == balance(busy)


def test_a_statement_is_read_a_page_at_a_time(busy, ann, monkeypatch):
    monkeypatch.setattr("dashboard.paging.AT_ONCE", 1)

    first = statement(ann, busy)
    second = statement(ann, busy, first.context["paging"].next_query)

    assert [len(one.context["lines"]) for one in (first, second)] == [1, 1]
    assert second.context["lines"][0]["balance"].e4 == balance(busy)


def test_a_month_before_it_all_is_empty(busy, ann):
    page = statement(ann, busy, "?month=2020-02")

    assert (page.status_code, page.context["lines"]) == (200, [])
    assert page.context["month"] == date(2020, 2, 1)


@pytest.mark.parametrize("month", ["x", "2026-13", "1999-01", "0001-01", "9999-12"])
def test_a_month_that_is_none_is_told(busy, ann, month):
    assert statement(ann, busy, f"?month={month}").status_code == 422


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_a_statement_is_taken_away(busy, ann, form, begins):
    answer = ann.get(f"/office/partners/{busy.ref}/statement/{form}/")

    body = b"".join(answer) if answer.streaming else answer.content
    assert body.startswith(begins)
    assert answer["Content-Disposition"].endswith(f'.{form}"')
    assert "no-store" in answer["Cache-Control"]


def test_there_is_no_other_form(busy, ann):
    assert ann.get(f"/office/partners/{busy.ref}/statement/pdf/").status_code == 404


def test_entries_are_for_who_sees_money(shop, busy, ann):
    operator = browser_of(shop, Role.OPERATOR)

    assert statement(operator, busy).status_code == 403
    assert "P-1" in ann.get(f"/office/partners/{busy.ref}/").content.decode()
