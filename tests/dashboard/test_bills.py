"""Bills in the office: looked at before anything is stored, then settled one by one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.actors import Actor
from core.scope import tenant_atomic
from core.uploads import old_files
from dashboard import paging
from fulfillment import services as fulfillment
from suppliers import services as suppliers
from suppliers.models import Bill, BillLine, Break
from suppliers.services import billing
from tenants.roles import Role
from tests.dashboard.people import browser_of
from tests.suppliers.bills import bought
from tests.suppliers.factories import make_offer
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
DAYS = {"since": "2026-11-22", "until": "2026-11-22"}
GOOD = "订单号,金额,状态\nSTRANGE-1,1.00,成功\n"
AHEAD = datetime(2999, 1, 1, tzinfo=UTC)
AHEAD_OF_US = timedelta(seconds=5)


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
    """The page of a bill that was compared, in the test's own transaction."""
    answer = store(browser, upload(browser, offer, text))
    assert answer.status_code == 302, answer.content.decode()[-2_000:]
    compare(answer["Location"])
    return answer["Location"]


@tenant_atomic
def compare(path):
    by, now = Actor("user:1 zhao@example.com"), timezone.now()
    fulfillment.reconcile(bill_id=int(path.split("/")[-2]), by=by, now=now)


def worked(path):
    """A worker has come by."""
    fulfillment.work_on_bill(bill_id=int(path.split("/")[-2]), now=timezone.now() + AHEAD_OF_US)


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
    worked(answer["Location"])

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
    assert "The amount cannot be read" in looked.content.decode()

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


@pytest.mark.parametrize(
    "days",
    [
        {"since": "9999-12-31", "until": "9999-12-31"},
        {"until": "1"},
        {"since": "2026-11-22", "until": "2026-11-21"},
        {"since": "2025-11-20", "until": "2026-11-22"},
    ],
    ids=["of no time", "none", "backwards", "more than a year"],
)
def test_days_that_are_none_are_refused_at_once_and_all_stays_typed(offer, browser, days):
    answer = upload(browser, offer, **days)

    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, ["until"])
    assert form["supplier"].value() == str(offer.supplier_id)
    assert form["until"].value() == days["until"]


def test_the_same_file_is_told(offer, browser, kept_files):
    stored(browser, offer)

    answer = upload(browser, offer)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["file"])
    assert "This very file was read before" in answer.content.decode()


def test_a_file_that_somebody_else_stored_meanwhile_is_told_beside_what_was_chosen(
    offer, browser, kept_files
):
    text = "甲,乙\nSTRANGE-1,1.00\n"
    first, second = upload(browser, offer, text), upload(browser, offer, text)
    columns = {"column0": "number", "column1": "amount"}
    store(browser, first, **columns)

    answer = store(browser, second, **columns)

    assert answer.status_code == 422
    assert "This very file was read before" in answer.content.decode()
    assert answer.context["columns"] == [(0, "number"), (1, "amount")]
    assert answer.context["kept"].supplier_id == offer.supplier_id


def test_of_a_file_that_is_gone_supplier_and_days_stay(offer, browser, kept_files):
    looked = upload(browser, offer)
    looked.context["kept"].sealed.delete()

    answer = store(browser, looked)

    form = answer.context["form"]
    assert answer.status_code == 422
    assert "The file is not here any more" in answer.content.decode()
    assert form["supplier"].value() == offer.supplier_id
    assert [form[name].value() for name in DAYS] == [date(2026, 11, 22)] * 2


@pytest.mark.parametrize("path", ["/office/bills/?file=x", "/office/bills/payments/?proof=x"])
def test_a_file_in_the_address_is_none(offer, browser, path):
    answer = browser.post(path, DAYS | {"supplier": offer.supplier_id})

    assert answer.status_code == 422


def test_an_address_begins_the_form_with_supplier_and_days(offer, browser):
    query = f"supplier={offer.supplier_id}&since=2026-11-01&until=2026-11-22"

    form = browser.get(f"/office/bills/?{query}").context["form"]

    assert form["supplier"].value() == str(offer.supplier_id)
    assert [form[name].value() for name in DAYS] == ["2026-11-01", "2026-11-22"]


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

    with django_assert_num_queries(12):
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


@pytest.fixture
def _long(monkeypatch, settings, tmp_path):
    """Three lines are a long file."""
    settings.UPLOADS_DIR = tmp_path
    monkeypatch.setattr(billing, "AT_ONCE", 3)


def many(count):
    return "订单号,金额,状态\n" + "".join(f"STRANGE-{at:03},1.00,成功\n" for at in range(count))


@pytest.mark.usefixtures("_long")
@pytest.mark.django_db(databases="__all__", transaction=True)
def test_a_long_bill_is_read_by_a_worker_and_its_page_shows_how_far_it_is(offer, browser):
    looked = upload(browser, offer, many(8))
    assert (looked.context["reading"].is_whole, len(looked.context["reading"].lines)) == (False, 3)
    assert "this is its beginning, 3 lines" in looked.content.decode()
    path = store(browser, looked)["Location"]

    page = browser.get(path).content.decode()
    assert f'data-progress="{path}progress/" data-state="reading"' in page
    assert browser.get(f"{path}progress/").json() == {
        "state": "reading", "percent": 0, "done": 0, "total": 10,
    }  # fmt: skip

    worked(path)

    page = browser.get(path).content.decode()
    assert "data-progress" not in page
    assert browser.get(f"{path}progress/").json()["state"] == "matched"
    assert rows(Bill.objects.all(), "count", "state") == [(8, "matched")]


@pytest.mark.usefixtures("_long")
@pytest.mark.django_db(databases="__all__", transaction=True)
def test_a_bill_with_bad_lines_further_down_says_so_and_goes_on_without_them(offer, browser):
    path = store(browser, upload(browser, offer, many(8) + "STRANGE-X,much,\n"))["Location"]
    worked(path)

    page = browser.get(path).content.decode()
    assert "Nothing of it counts so far." in page
    assert "The amount cannot be read" in page
    refused = browser.post(f"{path}match/")
    skipped = browser.post(f"{path}skip/")
    assert (refused.status_code, skipped.status_code) == (409, 302)
    assert 'data-state="matching"' in browser.get(path).content.decode()

    worked(path)

    assert rows(Bill.objects.all(), "count", "bad_count", "state") == [(8, 1, "matched")]
    assert "(1)" in browser.get(path).content.decode()


def test_a_comparison_cannot_tell_how_far_it_is(offer, browser, kept_files):
    path = stored(browser, offer)

    assert browser.post(f"{path}match/").status_code == 302
    assert browser.post(f"{path}match/").status_code == 302

    told = browser.get(f"{path}progress/").json()
    assert (told["state"], told["percent"]) == ("matching", None)
    assert browser.post(f"{path}close/").status_code == 409


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(paging, "AT_ONCE", 2)


def walked(browser, path, key):
    """Every row of a list, page by page."""
    seen, pages = [], 0
    query = ""
    while pages < 9:
        paged = browser.get(f"{path}{query}").context["paging"]
        seen += [getattr(row, key) for row in paged.rows]
        pages += 1
        if not paged.next_query:
            return seen, pages
        query = paged.next_query
    raise AssertionError("it never ends")


@pytest.mark.usefixtures("small_pages")
def test_lines_and_differences_come_a_page_at_a_time(offer, browser, kept_files):
    path = stored(browser, offer, many(5))

    found = walked(browser, f"{path}lines/", "row")
    gaps, pages = walked(browser, "/office/bills/breaks/", "number")

    assert found == ([2, 3, 4, 5, 6], 3)
    assert (sorted(gaps), pages) == ([f"STRANGE-{at:03}" for at in range(5)], 3)
    second = browser.get("/office/bills/breaks/?state=open").context["paging"].next_query
    assert second.startswith("?state=open&before=")
    assert 'rel="next"' in browser.get(f"/office/bills/breaks/{second}").content.decode()


@pytest.mark.parametrize("query", ["after=x", f"after={10**20}", "after=-1"])
def test_addresses_that_say_nonsense_find_what_they_can(offer, browser, query, kept_files):
    path = stored(browser, offer)

    assert browser.get(f"{path}lines/?{query}").status_code == 200


def test_a_line_is_found_by_its_number(offer, browser, kept_files):
    path = stored(browser, offer, many(5))

    one = browser.get(f"{path}lines/?number=STRANGE-003").context["lines"]
    none = browser.get(f"{path}lines/?number=STRANGE").context["lines"]

    assert ([line.number for line, _amount in one], none) == (["STRANGE-003"], [])


def test_states_are_counted_under_the_other_filters(offer, browser, kept_files):
    stored(browser, offer, many(3))
    with tenant_atomic():
        first = Break.objects.order_by("pk").first()
        by, now = Actor("user:1 zhao@example.com"), timezone.now()
        suppliers.close_break(break_id=first.pk, note="", by=by, now=now)

    def counts(query):
        states = browser.get(f"/office/bills/breaks/?{query}").context["states"]
        return [one["count"] for one in states]

    assert counts("state=closed") == counts("") == [3, 2, 0, 0, 1]
    assert counts("kind=twice") == [0, 0, 0, 0, 0]


def test_differences_are_taken_away_as_a_table(offer, browser, kept_files):
    stored(browser, offer, "订单号,金额,状态\n=1+1,1.00,成功\nB2,2.50,成功\n")

    answer = browser.get("/office/bills/breaks.csv?state=open")
    none = browser.get("/office/bills/breaks.csv?state=closed")

    table = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"] == 'attachment; filename="differences.csv"'
    assert len(table) == 3
    assert sorted(row.split(",")[4] for row in table[1:]) == ["'=1+1", "B2"]
    assert {row.split(",")[7] for row in table[1:]} == {"1.00", "2.50"}
    assert len(b"".join(none.streaming_content).decode("utf-8-sig").splitlines()) == 1


@pytest.mark.parametrize(("query", "count"), [("", 1), ("state=closed", 0), ("of=999999", 0)])
def test_bills_are_found_by_state_and_supplier(offer, browser, query, count, kept_files):
    stored(browser, offer)

    assert len(browser.get(f"/office/bills/?{query}").context["bills"]) == count
