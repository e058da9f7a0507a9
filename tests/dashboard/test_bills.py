"""Bills in the office: looked at before anything is stored, then settled one by one."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.scope import tenant_atomic
from core.uploads import old_files
from suppliers.models import Bill, BillLine, Break
from tenants.roles import Role
from tests.dashboard.people import browser_of
from tests.suppliers.bills import bought
from tests.suppliers.factories import make_offer
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
DAYS = {"since": "2026-11-22", "until": "2026-11-22"}
GOOD = "订单号,金额,状态\nSTRANGE-1,1.00,成功\n"
AHEAD = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture
def offer(shop):
    with tenant_atomic():
        return make_offer()


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.FINANCE)


def upload(browser, offer, text=GOOD, **more):
    body = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile("bill.csv", body)
    form = DAYS | {"supplier": offer.supplier_id, "file": file} | more
    return browser.post("/office/bills/", form)


def store(browser, looked, **more):
    form = {"token": looked.context["kept"].token, "then": "store"} | more
    return browser.post("/office/bills/store/", form)


def stored(browser, offer, text=GOOD):
    answer = store(browser, upload(browser, offer, text))
    assert answer.status_code == 302, answer.content.decode()[-2_000:]
    return answer["Location"]


@tenant_atomic
def rows(found, *names):
    return list(found.values_list(*names, flat=len(names) == 1))


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_a_bill_is_looked_at_then_stored_and_compared(shop, offer, browser, settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path
    looked = upload(browser, offer)
    assert (looked.status_code, rows(Bill.objects.all(), "pk")) == (200, [])
    assert len(list(old_files(before=AHEAD))) == 1

    answer = store(browser, looked)

    page = browser.get(answer["Location"])
    assert "STRANGE-1" in page.content.decode()
    assert rows(Bill.objects.all(), "file_name", "state", "total_e4") == [
        ("bill.csv", "matched", 10_000)
    ]
    assert rows(Break.objects.all(), "kind", "theirs_e4") == [("theirs_only", 10_000)]
    assert list(old_files(before=AHEAD)) == []


@pytest.fixture
def kept_files(monkeypatch):
    """As if the request's transaction were committed: the file stays."""
    monkeypatch.setattr("core.uploads.SealedUpload.keep", lambda self: self._stay())


def test_lines_that_cannot_be_read_are_named_and_left_out_on_request(offer, browser, kept_files):
    looked = upload(browser, offer, GOOD + "STRANGE-2,much,成功\n")
    assert "Write an amount such as 12.50." in looked.content.decode()

    refused = store(browser, looked)
    assert (refused.status_code, rows(Bill.objects.all(), "pk")) == (422, [])

    answer = store(browser, looked, skips_bad="on")
    assert answer.status_code == 302
    assert rows(BillLine.objects.all(), "number") == ["STRANGE-1"]


def test_columns_that_are_not_known_are_chosen(offer, browser, kept_files):
    looked = upload(browser, offer, "甲,乙\nSTRANGE-1,1.00\n")
    assert not looked.context["reading"].is_understood
    columns = {"column0": "number", "column1": "amount"}

    again = store(browser, looked, then="look", **columns)
    answer = store(browser, looked, **columns)

    assert again.context["reading"].total_e4 == 10_000
    assert answer.status_code == 302


@pytest.mark.parametrize("body", [b"", b"\0" * 99, b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff"])
def test_a_file_that_is_none_is_refused_on_the_page(offer, browser, body, kept_files):
    looked = upload(browser, offer, body)
    answer = store(browser, looked) if looked.context.get("kept") else looked

    assert answer.status_code == 422
    assert rows(Bill.objects.all(), "pk") == []


@pytest.mark.parametrize("days", [{"since": "9999-12-31", "until": "9999-12-31"}, {"until": "1"}])
def test_days_that_are_none_are_refused(offer, browser, days, kept_files):
    looked = upload(browser, offer, **days)
    answer = store(browser, looked) if looked.context.get("kept") else looked

    assert answer.status_code == 422


def test_the_same_file_is_told(offer, browser, kept_files):
    stored(browser, offer)

    answer = store(browser, upload(browser, offer))

    assert answer.status_code == 422
    assert "This very file was read before" in answer.content.decode()


@pytest.mark.parametrize("token", ["", "x", "x.y", f"{'0' * 32}.AAAA"])
def test_what_is_no_token_is_refused(offer, browser, token):
    answer = browser.post("/office/bills/store/", {"token": token, "then": "store"})

    assert answer.status_code == 422


def test_a_difference_is_explained_claimed_and_closed(offer, browser, kept_files):
    bill = stored(browser, offer)
    (pk,) = rows(Break.objects.all(), "pk")
    at = f"/office/bills/breaks/{pk}/"

    silent = browser.post(f"{at}explain/", {"note": " "})
    early = browser.post(f"{bill}close/")
    for verb in ("explain", "claim", "close"):
        assert browser.post(f"{at}{verb}/", {"note": f"to {verb}"}).status_code == 302
    closed = browser.post(f"{bill}close/")

    assert (silent.status_code, early.status_code, closed.status_code) == (422, 409, 302)
    assert rows(Break.objects.all(), "state", "note") == [("closed", "to close")]
    assert rows(Bill.objects.all(), "state") == ["closed"]
    assert "to claim" in browser.get(at).content.decode()


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("", True),
        ("state=open", True),
        ("state=closed", False),
        ("kind=theirs_only", True),
        ("kind=twice", False),
        ("supplier=999999", False),
        ("state=nonsense&bill=x", True),
    ],
)
def test_differences_are_found_by_what_they_are(offer, browser, query, is_there, kept_files):
    stored(browser, offer)

    page = browser.get(f"/office/bills/breaks/?{query}").content.decode()

    assert ("STRANGE-1" in page) == is_there


@pytest.mark.usefixtures("unprepared")
@pytest.mark.parametrize("count", [1, 3])
def test_a_list_asks_as_often_however_long_it_is(
    offer, browser, count, kept_files, django_assert_num_queries
):
    lines = "".join(f"STRANGE-{at},1.00,\n" for at in range(count))
    stored(browser, offer, f"订单号,金额,状态\n{lines}")
    browser.get("/office/bills/breaks/")

    with django_assert_num_queries(10):
        browser.get("/office/bills/breaks/")


def test_a_statement_is_shown_and_given_out(offer, browser):
    with tenant_atomic():
        bought(offer, now=NOON)
    query = f"supplier={offer.supplier_id}&since=2026-11-22&until=2026-11-22"

    page = browser.get(f"/office/bills/statement/?{query}").content.decode()
    table = browser.get(f"/office/bills/statement.csv?{query}")

    assert "¥9.8750" in page
    assert table.content.decode("utf-8-sig").splitlines()[1].startswith("2026-11-22,88,1,9.8750")
    assert table["Content-Disposition"].endswith('2026-11-22.csv"')


@pytest.mark.parametrize(
    "query", ["since=2026-11-22&until=2026-11-01", "since=x", "since=9999-12-31&until=9999-12-31"]
)
@pytest.mark.parametrize("form", ["/", ".csv"])
def test_days_of_a_statement_that_are_none_are_refused(offer, browser, query, form):
    answer = browser.get(f"/office/bills/statement{form}?supplier={offer.supplier_id}&{query}")

    assert answer.status_code == 422


@pytest.mark.parametrize("role", Role.values)
def test_bills_are_for_who_settles_them(shop, role):
    answer = browser_of(shop, role).get("/office/bills/")

    assert (answer.status_code == 200) == (role in {Role.OWNER, Role.FINANCE})


def test_a_bill_of_no_time_is_never_stored(offer, browser, kept_files):
    upload(browser, offer, since=date(1999, 1, 1), until=date(1999, 1, 1))

    assert rows(Bill.objects.all(), "pk") == []
