"""Exports as somebody asks for them, and what their files say."""

import csv
import io
from typing import Any
from uuid import uuid4

from core.actors import Actor
from core.scope import tenant_atomic
from reports import services as reports
from reports.models import Export
from reports.types import Wanted
from tenants.roles import Role
from tests.dashboard.people import make_member
from tests.times import NOON


def actor(role: str = Role.OWNER) -> Actor:
    user = make_member(role)
    return Actor(f"user:{user.pk} {user.email}", user_id=user.pk)


def asked(by: Actor, *, table: str = "orders", form: str = "csv", now=NOON, **more: Any) -> Export:
    given: dict[str, Any] = {"table": table, "form": form, "uid": uuid4(), "language": "en"} | more
    return reports.ask_for_export(wanted=Wanted(**given), by=by, now=now)


def made(by: Actor, *, now=NOON, **more: Any) -> Export:
    export = asked(by, now=now, **more)
    reports.run_export(export_id=export.pk, now=now)
    return reread(export)


def reread(export: Export) -> Export:
    with tenant_atomic():
        return Export.objects.get(pk=export.pk)


def body_of(export: Export, by: Actor, *, now=NOON) -> bytes:
    return b"".join(reports.open_export(ref=export.ref, by=by, now=now)[1])


def lines_of(export: Export, by: Actor) -> list[dict[str, str]]:
    text = body_of(export, by).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))
