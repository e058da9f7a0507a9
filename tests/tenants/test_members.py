"""People and their roles at a shop."""

import pytest

from core.actors import SYSTEM
from core.errors import InvalidInput
from tenants import services as tenants
from tenants.errors import AlreadyMember, LastOwner
from tenants.models import AuditRow, Member, User
from tenants.roles import RIGHTS, Role, has_right
from tenants.selectors import find_member, user_has_right
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")


def invite(email="wang@example.com", role="operator"):
    return tenants.invite(email=email, role=role, by=SYSTEM, now=NOON)


def test_a_new_person_gets_an_account_without_a_password():
    member = invite()

    assert member.role == "operator"
    assert not member.user.has_usable_password()
    assert AuditRow.objects.get().action == "member.invited"


def test_an_invitation_never_changes_an_account_that_exists():
    user = User.objects.create(email="wang@example.com", name="Wang", password="kept")

    invite(email="WANG@example.com ")

    user.refresh_from_db()
    assert (user.password, User.objects.count()) == ("kept", 1)


def test_a_member_is_not_invited_twice():
    invite()

    with pytest.raises(AlreadyMember):
        invite()

    assert Member.objects.count() == 1


def test_a_mail_address_without_an_at_is_refused():
    with pytest.raises(InvalidInput) as refusal:
        invite(email="wang")

    assert refusal.value.param == "email"


@pytest.mark.parametrize(("role", "is_active"), [("viewer", True), ("owner", False)])
def test_the_last_owner_stays(role, is_active):
    owner = invite(role="owner")

    with pytest.raises(LastOwner):
        tenants.change_member(
            member_id=owner.pk, role=role, is_active=is_active, by=SYSTEM, now=NOON
        )

    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == ("owner", True)


def test_one_of_two_owners_may_go():
    first = invite(role="owner")
    invite(email="li@example.com", role="owner")

    tenants.change_member(member_id=first.pk, role="viewer", is_active=True, by=SYSTEM, now=NOON)

    assert find_member(user_id=first.user_id).role == "viewer"


def test_a_member_who_left_may_do_nothing():
    invite(role="owner")
    member = invite(email="li@example.com", role="operator")

    tenants.change_member(
        member_id=member.pk, role="operator", is_active=False, by=SYSTEM, now=NOON
    )

    assert not user_has_right(user_id=member.user_id, right="orders.view")


@pytest.mark.parametrize("role", list(Role))
def test_no_role_may_more_than_the_owner(role):
    assert RIGHTS[role] <= RIGHTS[Role.OWNER]


def test_a_right_that_does_not_exist_is_a_bug_and_not_a_refusal():
    with pytest.raises(KeyError):
        has_right("owner", "orders.veiw")
