"""What a member has read: all of it at once costs one statement, however much it is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import Actor
from core.scope import tenant_atomic
from notices import services as notices
from notices.models import Notice, Seen
from notices.selectors import LATELY, count_unseen
from tenants.models import Member
from tests.dashboard.people import make_user
from tests.notices.factories import tell
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
QIAN = Actor("user:8 qian@example.com", user_id=None)


@pytest.fixture
def member(shop):
    with tenant_atomic():
        return Member.objects.create(user=make_user("qian@example.com"), role="owner")


@pytest.mark.parametrize("count", [1, 4])
def test_all_are_read_by_one_statement(shop, member, count):
    with tenant_atomic():
        for at in range(count):
            tell(f"{at}")

    with CaptureQueriesContext(connection) as asked:
        notices.see_all(member_id=member.pk, by=QIAN, now=NOON)

    told = [one["sql"] for one in asked if "notices_" in one["sql"]]
    assert len(told) == 1
    with tenant_atomic():
        assert count_unseen(member_id=member.pk, now=NOON) == 0


def test_reading_all_twice_keeps_when_it_was_read_first_and_leaves_what_is_long_past(shop, member):
    with tenant_atomic():
        tell("old", now=NOON - LATELY - timedelta(days=1))
        tell("new")
        new = Notice.objects.get(key="new")
    notices.see_all(member_id=member.pk, by=QIAN, now=NOON)

    notices.see_all(member_id=member.pk, by=QIAN, now=NOON + timedelta(hours=1))

    with tenant_atomic():
        assert list(Seen.objects.values_list("notice_id", "at")) == [(new.pk, NOON)]
