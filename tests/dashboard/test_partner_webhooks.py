"""A partner's webhooks in the office."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from channels import services as channels
from channels.models import EndpointMove, WebhookDelivery, WebhookEndpoint
from channels.types import EndpointTerms
from core.scope import tenant_atomic
from tenants.models import AuditRow
from tenants.roles import Role
from tests.channels.factories import WANG, make_endpoint, make_keyed, make_news, make_partner
from tests.channels.receivers import receiver
from tests.conftest import client_of
from tests.dashboard.people import browser_of

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
URL = "https://shop.example.com/hooks?key=a1b2c3"
PERIOD = {"since": "2020-01-01T00:00"}


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OPERATOR)


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner(name="Acme")


@pytest.fixture
def server():
    with receiver() as served:
        yield served


@pytest.fixture
def endpoint(partner, server):
    return make_endpoint(partner, server.url, now=timezone.now())


def list_of(partner):
    return f"/office/partners/{partner.ref}/webhooks/"


def page_of(partner, endpoint):
    return f"{list_of(partner)}{endpoint.ref}/"


@tenant_atomic
def stored():
    return WebhookEndpoint.objects.get()


@tenant_atomic
def deliveries():
    return list(WebhookDelivery.objects.select_related("event").order_by("pk"))


@tenant_atomic
def noted():
    rows = AuditRow.objects.filter(action__startswith="webhook.").order_by("pk")
    return list(rows.values_list("action", flat=True))


def written(moment, pattern):
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime(pattern)


def said(answer):
    return answer.content.decode()


def send(partner, endpoint, *facts, **options):
    """What happened, as far as a worker gets with it."""
    now = timezone.now()
    make_news(partner, *facts, now=now, **options)
    channels.send_webhooks(endpoint_id=endpoint.endpoint_id, now=now)


def give_up_on(endpoint, partner, server):
    server.status = 410
    send(partner, endpoint, "gone")


def test_an_endpoint_is_made_and_its_secret_shown_once(shop, browser, partner):
    path = f"{list_of(partner)}new/"

    answer = browser.post(path, {"url": URL, "kinds": ["order.completed", "balance.low"]})

    one = stored()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert len(SECRET.findall(said(answer))) == 1
    assert (one.url, one.kinds) == (URL, ["balance.low", "order.completed"])
    assert noted() == ["webhook.made"]
    for page in (list_of(partner), page_of(partner, one), f"/office/partners/{partner.ref}/"):
        assert SECRET.findall(said(browser.get(page))) == []


def test_who_chooses_all_events_is_told_of_those_to_come(shop, browser, partner):
    form = browser.get(f"{list_of(partner)}new/").context["form"]

    kinds = form["kinds"].value()
    browser.post(f"{list_of(partner)}new/", {"url": URL, "kinds": kinds})

    assert stored().kinds == []
    assert "All events" in said(browser.get(list_of(partner)))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "http://shop.example.com/"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "https://localhost/"}, "url"),
        ({"url": "https://user:word@shop.example.com/"}, "url"),
        ({"url": "https://database/"}, "url"),
        ({"url": ""}, "url"),
        ({"url": "https://a.example/" + "x" * 500}, "url"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["order.eaten"]}, "kinds"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(shop, browser, partner, settings, given, field):
    settings.WEBHOOKS_MAY_BE_LOCAL = False

    answer = browser.post(
        f"{list_of(partner)}new/", {"url": URL, "kinds": ["order.completed"]} | given
    )

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    with tenant_atomic():
        assert not WebhookEndpoint.objects.exists()


def test_a_seventeenth_endpoint_is_refused(shop, browser, partner):
    for number in range(16):
        make_endpoint(partner, f"https://shop{number}.example.com/")

    answer = browser.post(f"{list_of(partner)}new/", {"url": URL, "kinds": ["order.completed"]})

    assert answer.status_code == 422
    assert "You have 16 endpoints already" in said(answer)


@pytest.mark.parametrize("page", ["new/", "{ref}/secret/"])
def test_a_secret_is_not_shown_long_after_the_password(shop, browser, partner, endpoint, page):
    session = browser.session
    session["account_authentication_methods"] = []
    session.save()
    path = list_of(partner) + page.format(ref=endpoint.ref)
    given = {"url": URL, "kinds": ["unit.delivered", "balance.low"]}

    answer = browser.post(path, given)

    assert answer["Location"].startswith("/office/reauthenticate/")
    assert noted() == ["webhook.made"]
    assert stored().old_secret is None


def test_what_was_chosen_is_back_after_the_password(shop, browser, partner):
    session = browser.session
    kept = session["account_authentication_methods"]
    session["account_authentication_methods"] = []
    session.save()
    path = f"{list_of(partner)}new/"
    browser.post(path, {"url": URL, "kinds": ["unit.delivered", "balance.low"]})
    session = browser.session
    session["account_authentication_methods"] = kept
    session.save()

    form = browser.get(path).context["form"]

    assert form["url"].value() == URL
    assert form["kinds"].value() == ["unit.delivered", "balance.low"]


def test_an_endpoint_is_changed(shop, browser, partner, endpoint):
    path = f"{page_of(partner, endpoint)}edit/"
    assert stored().url in said(browser.get(path))

    answer = browser.post(path, {"url": URL, "kinds": ["unit.delivered"]})

    assert answer["Location"] == page_of(partner, endpoint)
    assert (stored().url, stored().kinds) == (URL, ["unit.delivered"])
    assert noted()[-1] == "webhook.changed"


def test_with_a_new_secret_the_old_one_signs_for_a_day(shop, browser, partner, endpoint, server):
    answer = browser.post(f"{page_of(partner, endpoint)}secret/", {"csrf": "-"})

    (secret,) = SECRET.findall(said(answer))
    assert "no-store" in answer["Cache-Control"]
    assert "signs until" in said(browser.get(page_of(partner, endpoint)))
    send(partner, endpoint, "A")
    (heard,) = server.heard
    assert heard.verified_by(secret) == heard.verified_by(endpoint.secret.reveal())
    assert noted()[-1] == "webhook.rotated"


def test_it_is_switched_off_and_on_and_says_who_did(shop, browser, partner, endpoint):
    page = page_of(partner, endpoint)

    off = browser.post(f"{page}off/", follow=True)
    told_off = stored()
    on = browser.post(f"{page}on/", follow=True)

    assert (told_off.state, told_off.reason) == ("disabled", "by_shop")
    assert "the shop asked for it" in said(off)
    assert (stored().state, stored().reason) == ("active", "")
    assert "operator@example.com" in said(on)
    with tenant_atomic():
        assert EndpointMove.objects.count() == 2
    assert browser.post(f"{page}dance/").status_code == 404


def test_what_a_partner_switched_off_says_so(shop, browser, partner, endpoint):
    channels.change_endpoint(
        endpoint_id=endpoint.endpoint_id, terms=EndpointTerms(is_active=False), by=WANG,
        now=timezone.now(),
    )  # fmt: skip

    assert "the partner asked for it" in said(browser.get(page_of(partner, endpoint)))


def test_a_removed_endpoint_is_not_there_any_more(shop, browser, partner, endpoint):
    answer = browser.post(f"{page_of(partner, endpoint)}remove/")

    assert answer["Location"] == list_of(partner)
    assert browser.get(page_of(partner, endpoint)).status_code == 404
    assert endpoint.ref not in said(browser.get(list_of(partner)))


def test_a_sample_is_sent_at_once_and_its_answer_shown(shop, browser, partner, endpoint, server):
    server.body = b"thank you"

    answer = browser.post(
        f"{page_of(partner, endpoint)}sample/", {"kind": "unit.delivered"}, follow=True
    )

    (heard,) = server.heard
    event = heard.verified_by(endpoint.secret.reveal())
    assert (event["type"], event["is_test"]) == ("unit.delivered", True)
    for told in ("Answered 200", "thank you", heard.id, "Sample", "SAMPLE2346"):
        assert told.lower() in said(answer).lower()
    assert noted()[-1] == "webhook.tried"


def test_a_sample_that_is_not_answered_says_why(shop, browser, partner, settings):
    endpoint = make_endpoint(partner, "http://127.0.0.1:9/", now=timezone.now())
    settings.WEBHOOKS_MAY_BE_LOCAL = False

    answer = browser.post(
        f"{page_of(partner, endpoint)}sample/", {"kind": "order.completed"}, follow=True
    )

    assert "The name leads into an inner network, which is never called." in said(answer)
    assert "Given up" in said(answer)


@pytest.mark.parametrize("kind", ["", "order.eaten"])
def test_a_sample_of_nothing_is_refused(shop, browser, partner, endpoint, server, kind):
    answer = browser.post(f"{page_of(partner, endpoint)}sample/", {"kind": kind}, follow=True)

    assert "There is no event of this type." in said(answer)
    assert server.heard == []


def test_an_endpoint_that_is_off_takes_no_sample_and_no_replay(
    shop, browser, partner, endpoint, server
):
    page = page_of(partner, endpoint)
    browser.post(f"{page}off/")

    sample = browser.post(f"{page}sample/", {"kind": "order.completed"}, follow=True)
    replay = browser.post(f"{page}again/", PERIOD)

    for answer in (sample, replay):
        assert "This endpoint is disabled. Make it active first." in said(answer)
    assert replay.status_code == 422
    assert server.heard == []
    assert f"{page}again/" not in said(sample)


def test_one_that_is_gone_says_so_wherever_the_partner_is(shop, browser, partner, endpoint, server):
    give_up_on(endpoint, partner, server)

    page = said(browser.get(page_of(partner, endpoint)))
    assert "Given up on at" in page
    assert "it answered 410: it is gone" in page
    assert "it answered 410: it is gone" in said(browser.get(list_of(partner)))
    assert "a webhook was given up on" in said(browser.get("/office/partners/"))
    assert "An endpoint was given up on" in said(browser.get(f"/office/partners/{partner.ref}/"))
    assert "webhook endpoints were given up on" in said(browser.get("/office/"))


def test_one_that_was_given_up_on_is_switched_on_again(shop, browser, partner, endpoint, server):
    give_up_on(endpoint, partner, server)
    server.status = 200

    browser.post(f"{page_of(partner, endpoint)}on/")

    assert stored().state == "active"
    for page in (page_of(partner, endpoint), "/office/partners/", "/office/"):
        assert "given up on" not in said(browser.get(page))
    missed = f"{page_of(partner, endpoint)}again/?since="
    assert missed in said(browser.get(page_of(partner, endpoint)))


def test_one_that_fails_says_since_when_and_until_when(shop, browser, partner, endpoint, server):
    server.status = 500
    send(partner, endpoint, "A")

    page = said(browser.get(page_of(partner, endpoint)))

    since = stored().failing_since
    for moment in (since, since + timedelta(days=5)):
        assert written(moment, "%Y-%m-%d %H:%M") in page
    assert "nothing arrives" in said(browser.get(list_of(partner))).lower()


def test_the_list_counts_what_arrived_of_the_last_day(shop, browser, partner, endpoint, server):
    make_news(partner, "long ago", now=timezone.now() - timedelta(days=2))
    send(partner, endpoint, "A", "B")
    server.status = 500
    send(partner, endpoint, "C")
    browser.post(f"{page_of(partner, endpoint)}sample/", {"kind": "order.completed"})

    page = said(browser.get(list_of(partner)))

    assert "2 / 3" in page
    assert written(deliveries()[-1].last_at, "%m-%d %H:%M:%S") in page


def test_an_old_try_is_told_too(shop, browser, partner, endpoint):
    now = timezone.now() - timedelta(days=9)
    make_news(partner, "A", now=now)
    channels.send_webhooks(endpoint_id=endpoint.endpoint_id, now=now)

    page = said(browser.get(list_of(partner)))

    assert written(deliveries()[0].last_at, "%m-%d %H:%M:%S") in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [0, 1, 2]),
        ("?state=delivered", [0, 1]),
        ("?state=failed", [2]),
        ("?kind=balance.low", [1]),
        ("?state=delivered&kind=order.completed", [0]),
        ("?state=given_up", []),
        ("?state=nonsense&kind=order.eaten&before=x", [0, 1, 2]),
    ],
)
def test_the_log_is_narrowed(browser, partner, endpoint, server, query, shown):
    send(partner, endpoint, "A")
    send(partner, endpoint, "B", kind="balance.low")
    server.status = 500
    send(partner, endpoint, "C")

    answer = browser.get(page_of(partner, endpoint) + query)

    refs = [row.ref for row in deliveries()]
    assert [refs.index(row["delivery"].ref) for row in answer.context["rows"]] == shown[::-1]


def test_the_log_goes_on_on_another_page(shop, browser, partner, endpoint):
    make_news(partner, *[f"A{number}" for number in range(101)], now=timezone.now())

    first = browser.get(page_of(partner, endpoint)).context["paging"]
    second = browser.get(page_of(partner, endpoint) + first.next_query).context["paging"]

    assert (len(first.rows), len(second.rows)) == (100, 1)


def test_a_delivery_shows_what_was_sent_and_answered(shop, browser, partner, endpoint, server):
    server.status, server.body = 503, b"come back later"
    send(partner, endpoint, "A")
    (row,) = deliveries()

    page = said(browser.get(f"/office/partners/{partner.ref}/deliveries/{row.ref}/"))

    for told in ("answered 503", "come back later", row.event.ref, "1 of at most 12", "Next try"):
        assert told.lower() in page.lower()
    assert "&quot;order&quot;: &quot;A&quot;" in page


def test_a_delivery_is_tried_again(shop, browser, partner, endpoint, server):
    server.status = 500
    send(partner, endpoint, "A")
    (row,) = deliveries()
    path = f"/office/partners/{partner.ref}/deliveries/{row.ref}/"

    answer = browser.post(f"{path}again/")

    assert answer["Location"] == path
    (again,) = deliveries()
    assert (again.state, again.tries) == ("pending", 0)
    assert noted()[-1] == "webhook.retried"
    assert browser.post(f"{path}again/").status_code == 409  # it waits for its first try


def test_a_time_is_sent_again(shop, browser, partner, endpoint, server):
    send(partner, endpoint, "A", "B")

    answer = browser.post(f"{page_of(partner, endpoint)}again/", PERIOD, follow=True)

    assert "2 events go out again." in said(answer)
    assert [row.state for row in deliveries()] == ["pending", "pending"]
    assert noted()[-1] == "webhook.replayed"


def test_of_more_than_go_at_once_the_form_asks_for_the_rest(
    shop, browser, partner, endpoint, monkeypatch
):
    monkeypatch.setattr("channels.services.webhooks.replaying.MOST_REPLAYED", 1)
    now = timezone.now()
    make_news(partner, "A", now=now - timedelta(minutes=2))
    make_news(partner, "B", now=now - timedelta(minutes=1))

    answer = browser.post(f"{page_of(partner, endpoint)}again/", PERIOD, follow=True)
    since = answer.context["form"]["since"].value()
    rest = browser.post(f"{page_of(partner, endpoint)}again/", {"since": since}, follow=True)

    assert "1 event goes out again." in said(answer)
    assert "Send again from here on for the rest." in said(answer)
    assert "1 event goes out again." in said(rest)
    assert "for the rest" not in said(rest)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"since": "yesterday"},
        {"since": "2026-01-02T00:00", "until": "2026-01-01T00:00"},
        {"since": "2026-01-02T00:00", "until": "2026-01-02T00:00"},
    ],
)
def test_a_time_that_is_none_is_told_at_its_field(shop, browser, partner, endpoint, given):
    answer = browser.post(f"{page_of(partner, endpoint)}again/", given)

    assert answer.status_code == 422
    assert noted() == ["webhook.made"]


def test_another_partner_s_endpoint_and_delivery_are_not_there(
    shop, browser, partner, endpoint, server
):
    send(partner, endpoint, "A")
    (row,) = deliveries()
    with tenant_atomic():
        other = make_partner()
    mine, log = page_of(other, endpoint), f"/office/partners/{other.ref}/deliveries/{row.ref}/"
    verbs = ("edit", "secret", "on", "off", "remove", "sample", "again")

    answers = [browser.get(mine), browser.get(log), browser.post(f"{log}again/")]
    answers += [browser.post(f"{mine}{verb}/", {"kind": "order.completed"}) for verb in verbs]

    assert {answer.status_code for answer in answers} == {404}
    assert noted() == ["webhook.made"]


def test_the_part_of_an_address_that_may_be_a_key_is_in_no_list(shop, browser, partner):
    one = make_endpoint(partner, URL)

    for page in (list_of(partner), f"/office/partners/{partner.ref}/", "/office/partners/"):
        assert "a1b2c3" not in said(browser.get(page))
    assert URL in said(browser.get(page_of(partner, one)))


def test_who_may_only_look_has_no_buttons(shop, partner, endpoint):
    page = page_of(partner, endpoint)
    reader = browser_of(shop, Role.VIEWER)

    told = said(reader.get(page))

    for verb in ("edit/", "secret/", "off/", "remove/", "sample/", "again/"):
        assert page + verb not in told
    assert reader.post(f"{page}off/").status_code == 403


def test_an_audit_row_leads_to_its_endpoint(shop, partner, endpoint):
    owner = browser_of(shop, Role.OWNER)

    page = said(owner.get("/office/tenants/auditrow/"))
    owner.post(f"{page_of(partner, endpoint)}remove/")
    after = said(owner.get("/office/tenants/auditrow/"))

    assert f'href="{page_of(partner, endpoint)}"' in page
    assert "Acme · 127.0.0.1" in after
    assert page_of(partner, endpoint) not in after


def test_what_a_partner_s_own_program_did_is_said_in_words(shop, browser):
    with tenant_atomic():
        keyed = make_keyed()
    caller = client_of(shop)
    made = caller.post(
        "/api/v1/webhook-endpoints", {"url": URL}, content_type="application/json",
        headers={"authorization": f"Bearer {keyed.key}"},
    ).json()  # fmt: skip
    path = f"/api/v1/webhook-endpoints/{made['ref']}"
    caller.patch(
        path, {"state": "disabled"}, content_type="application/json",
        headers={"authorization": f"Bearer {keyed.key}"},
    )  # fmt: skip

    page = said(browser.get(f"{list_of(keyed.partner)}{made['ref']}/"))

    assert "the partner asked for it" in page
    assert "the partner&#x27;s program" in page


@pytest.mark.usefixtures("unprepared")
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_however_many_there_are(
    shop, browser, partner, count, django_assert_num_queries
):
    for number in range(count):
        make_endpoint(partner, f"https://shop{number}.example.com/")
    browser.get(list_of(partner))

    with django_assert_num_queries(11):
        browser.get(list_of(partner))
