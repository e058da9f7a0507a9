"""Who works at a shop, and how they like to see its lists."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput, NotFound
from core.refs import new_ref
from core.scope import tenant_atomic
from tenants import audit
from tenants.errors import AlreadyMember, LastOwner
from tenants.models import Member, SavedView, User
from tenants.roles import Role

MOST_VIEWS = 30  # of one person, or of the shop, for one list
LONGEST_NAME, LONGEST_QUERY = 40, 1000


@tenant_atomic
def invite(*, email: str, role: str, by: Actor, now: datetime) -> Member:
    """Give a person a role here. A new person gets an account without a password, which the
    password-reset mail lets them set; an existing account is never changed by a merchant."""
    user = user_of(email)
    if Member.objects.filter(user=user).exists():
        raise AlreadyMember(_("This person is a member already."), param="email")
    member = Member.objects.create(user=user, role=Role(role))
    audit.record(by=by, action="member.invited", target=user.email, now=now, data={"role": role})
    return member


@tenant_atomic
def change_member(
    *, member_id: int, role: str, is_active: bool, by: Actor, now: datetime
) -> Member:
    """Change a role or end a membership; the last owner stays one."""
    # All owners are locked in one order, so that two owners cannot demote each other at once.
    owners = list(
        Member.objects.filter(role=Role.OWNER, is_active=True)
        .order_by("pk")
        .select_for_update(no_key=True)
    )
    member = Member.objects.select_for_update(no_key=True).get(pk=member_id)
    stays_owner = role == Role.OWNER and is_active
    if [owner.pk for owner in owners] == [member.pk] and not stays_owner:
        raise LastOwner(_("A shop needs an owner. Make somebody else owner first."))
    before = f"{member.role}/{member.is_active}"
    member.role, member.is_active = Role(role), is_active
    member.save(update_fields=["role", "is_active"])
    audit.record(
        by=by,
        action="member.changed",
        target=str(member.user_id),
        now=now,
        data={"before": before, "after": f"{role}/{is_active}"},
    )
    return member


@tenant_atomic
def hide_guide(*, member_id: int, is_hidden: bool, by: Actor, now: datetime) -> None:
    """A person's own taste: nothing that the audit log has to know."""
    Member.objects.filter(pk=member_id).update(guide_hidden_at=now if is_hidden else None)


@tenant_atomic
def save_view(
    *, listing: str, name: str, query: str, member_id: int | None, by: Actor, now: datetime
) -> SavedView:
    """Keep it for the member, or without one for the whole shop; a name that is there already now
    stands for this. Raises InvalidInput."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput(_("Give the view a name of up to 40 characters."), param="name")
    if len(query) > LONGEST_QUERY:
        raise InvalidInput(_("This view has too many filters to be kept."), param="query")
    mine = Q(member_id=None) if member_id is None else Q(member_id=member_id)
    of_whom = SavedView.objects.filter(mine, listing=listing)
    view = of_whom.filter(name=name).first()
    if view is None and of_whom.count() >= MOST_VIEWS:
        full = _("There are %(most)s views of this list already. Remove one first.")
        raise InvalidInput(full % {"most": MOST_VIEWS}, param="name")
    view = view or SavedView(ref=new_ref(), listing=listing, name=name, member_id=member_id)
    view.query, view.by, view.made_at = query, by.label, now
    view.save()
    if member_id is None:
        audit.record(by=by, action="view.shared", target=name, now=now, data={"list": listing})
    return view


@tenant_atomic
def drop_view(*, ref: str, member_id: int, may_shared: bool, by: Actor, now: datetime) -> SavedView:
    """Of one's own, or with `may_shared` of the shop's; raises NotFound."""
    view = SavedView.objects.filter(ref=ref).first()
    if view is None or (
        view.member_id != member_id and not (view.member_id is None and may_shared)
    ):
        raise NotFound
    if view.member_id is None:
        data: dict[str, str | int | None] = {"list": view.listing}
        audit.record(by=by, action="view.dropped", target=view.name, now=now, data=data)
    SavedView.objects.filter(pk=view.pk).delete()
    return view


def user_of(email: str, *, using: str = "default") -> User:
    email = email.strip().lower()
    if "@" not in email:
        raise InvalidInput(_("Write a mail address."), param="email")
    found = User.objects.using(using).filter(email__iexact=email).first()
    if found:
        return found
    user = User(email=email)
    user.set_unusable_password()
    user.save(using=using)
    return user
