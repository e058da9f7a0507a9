"""Files that the shop's viewer asked for: one is done, one was given up."""

from datetime import datetime
from uuid import uuid4

from core.actors import Actor
from reports import services as reports
from reports.models import Export
from reports.types import Plan, Wanted


def exported(*, user_id: int, now: datetime) -> dict[str, str]:
    viewer = Actor(f"user:{user_id} viewer", user_id=user_id)

    def asked() -> Export:
        wanted = Wanted(table="goods", form="csv", uid=uuid4(), language="en")
        return reports.ask_for_export(wanted=wanted, by=viewer, now=now)

    done, given_up = asked(), asked()
    reports.run_export(export_id=done.pk, now=now)
    reports.cancel_export(ref=given_up.ref, by=viewer, now=now)
    plan = Plan(
        table="goods", every="month", hour=8, form="csv", is_mailed=False, language="en"
    )  # fmt: skip
    scheduled = reports.add_schedule(plan=plan, by=viewer, now=now)
    reports.run_schedule_now(ref=scheduled.ref, by=viewer, now=now)
    return {"export": done.ref, "given_up": given_up.ref, "scheduled": scheduled.ref}


def files_of(*, user_id: int, now: datetime) -> dict[str, bytes]:
    """Every list there is, for that person, by its name."""
    by = Actor(f"user:{user_id}", user_id=user_id)
    files = {}
    for table in reports.all_tables():
        wanted = Wanted(table=table.name, form="csv", uid=uuid4(), language="en")
        made = reports.ask_for_export(wanted=wanted, by=by, now=now)
        reports.run_export(export_id=made.pk, now=now)
        files[table.name] = b"".join(reports.open_export(ref=made.ref, by=by, now=now)[1])
    return files
