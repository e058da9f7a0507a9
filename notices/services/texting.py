"""A code by SMS: the shop's account at a provider, and what became of a message.

A provider that does not answer may have sent it: it is never sent a second time by us, the reader
asks for another code if none comes. Numbers and codes stand in no log.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from secrets import randbelow, token_hex

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core import limits
from core.actors import Actor
from core.addresses import checked_url, is_local
from core.contacts import clean_phone, is_mainland_mobile
from core.crypto import seal, unseal
from core.errors import InvalidInput
from core.outward import CallFailed, Patience, call, whole_of
from core.scope import require_tenant, tenant_atomic
from core.secrets import Secret, masked_phone
from notices.adapters.aliyun import ALIYUN
from notices.adapters.sms import Account, Provider, Text, Told
from notices.adapters.tencent import TENCENT
from notices.errors import SmsNotSent
from notices.models import SMS_SECRET, SmsSender
from notices.selectors import find_sms_sender
from notices.services.telling import tell
from notices.states import Fate, SmsProvider, Topic
from notices.types import News, SmsTerms
from tenants import audit

PROVIDERS: dict[str, Provider] = {SmsProvider.ALIYUN: ALIYUN, SmsProvider.TENCENT: TENCENT}
PATIENCE = Patience(to_connect=3.0, to_answer=5.0, in_all=6.0)  # somebody sits before the page
MOST_READ = 16_384
PAGE = "/office/notices/sms/"
MOST_A_DAY = 100_000
_TEXTS = {"key_id": 80, "signature": 40, "template": 40, "app_id": 20, "region": 30}
MOST_TESTS, DAY = 10, timedelta(days=1)
_SAID = {
    Fate.UNKNOWN: _("The provider has not said whether it was sent. Look at the phone."),
    Fate.NO_ADDRESS: _("The provider reaches nobody at this number."),
    Fate.NOT_SENT: _("The provider did not send it. Why not stands on this page."),
}
log = structlog.get_logger(__name__)


@tenant_atomic
def set_sms_sender(*, terms: SmsTerms, by: Actor, now: datetime) -> SmsSender:
    """Who sends the shop's SMS from now on. Raises InvalidInput."""
    found = SmsSender.objects.select_for_update(of=("self",), no_key=True).first()
    sender = found or SmsSender()
    _check(terms)
    for name in (*_TEXTS, "provider", "most_a_day", "is_on"):
        setattr(sender, name, getattr(terms, name))
    sender.base_url = _address(terms)
    if terms.secret is not None:
        sender.secret = seal(terms.secret.reveal(), place=SMS_SECRET, uid=sender.uid)
    elif not sender.secret:
        raise InvalidInput(_("Write the secret of this key."), param="secret")
    sender.last_error = ""
    sender.save()
    audit.record(by=by, action="sms.set", target=sender.provider, now=now)
    return sender


def _check(terms: SmsTerms) -> None:
    if terms.provider not in PROVIDERS:
        raise InvalidInput(_("Choose who sends it."), param="provider")
    for name, longest in _TEXTS.items():
        text = getattr(terms, name)
        if len(text) > longest or not text.isprintable():
            raise InvalidInput(_("This is too long, or cannot be read."), param=name)
    wanted = ["key_id", "signature", "template"]
    wanted += ["app_id", "region"] if terms.provider == SmsProvider.TENCENT else []
    for name in wanted:
        if not getattr(terms, name):
            raise InvalidInput(_("This provider wants it."), param=name)
    if not 0 <= terms.most_a_day <= MOST_A_DAY:
        raise InvalidInput(_("Write a number of messages."), param="most_a_day")


def _address(terms: SmsTerms) -> str:
    """The provider's own, unless a simulator on this machine may play it."""
    url = terms.base_url.strip()
    if not url or url == PROVIDERS[terms.provider].home:
        return ""
    if settings.WEBHOOKS_MAY_BE_LOCAL and is_local(checked_url(url, param="base_url")):
        return url
    raise InvalidInput(_("Leave it empty: the provider's own address is called."), param="base_url")


def send_sms(*, to: Secret, code: Secret, now: datetime) -> Fate:
    """One message, by the shop's account; in no transaction."""
    with tenant_atomic():
        sender = find_sms_sender()
        account = _account(sender) if sender is not None and sender.is_on else None
    if sender is None or account is None:
        return Fate.NOT_SENT
    text = Text(to=to, code=code, nonce=token_hex(16), now=now)
    told = _told(PROVIDERS[sender.provider], account, text)
    if told.why:
        log.warning("sms_not_sent", provider=sender.provider, fate=str(told.fate), why=told.why)
    _remember(sender, told, now=now)
    return told.fate


def try_sms(*, phone: str, by: Actor, now: datetime) -> None:
    """A code that opens nothing, to who wants to see it arrive. Raises InvalidInput, TooManyTries,
    SmsNotSent."""
    to = clean_phone(phone, param="phone")
    if not is_mainland_mobile(to):
        raise InvalidInput(_("Write a mobile number of mainland China."), param="phone")
    limits.hit(what="sms.try", who=str(require_tenant()), most=MOST_TESTS, window=DAY, now=now)
    with tenant_atomic():
        audit.record(
            by=by, action="sms.tried", target=masked_phone(to.removeprefix("+86")), now=now
        )
    fate = send_sms(to=Secret(to), code=Secret(f"{randbelow(10**6):06}"), now=now)
    if fate is not Fate.SENT:
        raise SmsNotSent(_SAID[fate])


@tenant_atomic
def _remember(sender: SmsSender, told: Told, *, now: datetime) -> None:
    if told.fate is Fate.NO_ADDRESS:  # that is no word about the account
        return
    heard = {"last_at": now} if told.fate is Fate.SENT else {}
    SmsSender.objects.filter(pk=sender.pk).update(last_error=told.why[:80], **heard)
    if told.fate is Fate.NOT_SENT:
        tell(news=_news("sms", now=now, why=told.why), what="sms", now=now)


@tenant_atomic
def tell_sms_spent(*, now: datetime) -> None:
    """To who wants to know, once a day."""
    tell(news=_news("sms_spent", now=now), what="sms_spent", now=now)


def _news(what: str, *, now: datetime, **given: str) -> News:
    return News(topic=Topic.SUPPLIER, key=f"{what}:{now:%Y-%m-%d}", given=given, path=PAGE)


def _account(sender: SmsSender) -> Account:
    return Account(
        base_url=sender.base_url,
        key_id=sender.key_id,
        secret=Secret(unseal(bytes(sender.secret), place=SMS_SECRET, uid=sender.uid)),
        signature=sender.signature,
        template=sender.template,
        app_id=sender.app_id,
        region=sender.region,
    )


def _told(provider: Provider, account: Account, text: Text) -> Told:
    outgoing = provider.compose(account, text)
    may_stay = settings.WEBHOOKS_MAY_BE_LOCAL and bool(account.base_url)
    try:
        answer = call(
            replace(outgoing, may_stay_home=may_stay), patience=PATIENCE, read=whole_of(MOST_READ)
        )
    except CallFailed as failed:
        if failed.was_sent:
            return Told(fate=Fate.UNKNOWN, why="no_answer")
        return Told(fate=Fate.NOT_SENT, why="not_reached")
    return provider.understand(answer, text)
