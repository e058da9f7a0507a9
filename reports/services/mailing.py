"""A report's letter: where it lies, and what small figures there are. Sent outside a transaction,
and again where a mail server refuses."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.actors import Actor
from core.errors import AppError, NotAllowed
from core.scope import tenant_atomic
from reports.models import Run
from reports.services.files import open_export
from reports.services.tables import get_table, title_of
from reports.states import ExportState
from reports.types import Figures
from tenants.selectors import find_member, get_shop, shop_address

LEASE = timedelta(minutes=2)
MOST_TRIES = 6
MOST_ATTACHED = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Letter:
    to: str
    subject: str
    body: str
    file_name: str = ""
    file: bytes = field(default=b"", repr=False)


def mail_run(*, run_id: int, now: datetime) -> None:
    letter = _claim(run_id, now=now)
    if letter is None:
        return
    mail = EmailMessage(subject=letter.subject, body=letter.body, to=[letter.to])
    if letter.file:
        mail.attach(letter.file_name, letter.file)
    try:
        mail.send()
    except (SMTPException, OSError):
        return  # its time is set: it is tried again
    _note_sent(run_id, now=now)


@tenant_atomic(durable=True)
def _claim(run_id: int, *, now: datetime) -> _Letter | None:
    """The letter for one worker, and the time at which it is tried again if this one is killed."""
    rows = Run.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    run = rows.filter(pk=run_id, mail_at__lte=now, export__state=ExportState.DONE).first()
    if run is None:
        return None
    run.mail_tries += 1
    is_last = run.mail_tries >= MOST_TRIES
    run.mail_at = None if is_last else now + LEASE * 2**run.mail_tries
    if is_last:
        run.schedule.last_error = "mail"
        run.schedule.save(update_fields=["last_error"])
    run.save(update_fields=["mail_tries", "mail_at"])
    try:
        return _letter(run, now=now)
    except AppError:  # who wanted it has left, or may not see it any more
        run.mail_at = None
        run.save(update_fields=["mail_at"])
        return None


def _letter(run: Run, *, now: datetime) -> _Letter:
    one = run.schedule
    with override(one.language):
        given = {
            "shop": get_shop().name_in(one.language), "report": title_of(one.table),
            "days": days_words(first=run.since, last=run.until),
        }  # fmt: skip
        subject = _("%(shop)s: %(report)s, %(days)s") % given
        link = shop_address(path="/office/reports/")
        body = _("The report is ready. It lies here for a week: %(link)s") % {"link": link}
    member = find_member(user_id=one.user_id)
    if member is None:
        raise NotAllowed
    to = member.user.email
    file = _small_file(run, now=now)
    return _Letter(to, subject, body, f"{one.table}-{run.since}.{one.form}", file)


def _small_file(run: Run, *, now: datetime) -> bytes:
    """Of figures, which name nobody; what is large is fetched."""
    export, one = run.export, run.schedule
    if export is None or not isinstance(get_table(one.table), Figures):
        return b""
    by = Actor(one.made_by, user_id=one.user_id)
    whole = b"".join(open_export(ref=export.ref, by=by, now=now)[1])
    return whole if len(whole) <= MOST_ATTACHED else b""


@tenant_atomic(durable=True)
def _note_sent(run_id: int, *, now: datetime) -> None:
    Run.objects.filter(pk=run_id).update(mail_at=None, mailed_at=now)


def days_words(*, first: date, last: date) -> str:
    if first == last:
        return date_format(first, "Y-m-d")
    return f"{date_format(first, 'Y-m-d')} – {date_format(last, 'Y-m-d')}"
