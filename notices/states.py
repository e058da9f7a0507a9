from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    MAIL = "mail", _("mail")
    WEBHOOK = "webhook", _("webhook")
    WECOM = "wecom", _("WeCom robot")
    DINGTALK = "dingtalk", _("DingTalk robot")
    FEISHU = "feishu", _("Feishu robot")


class Topic(models.TextChoices):
    """What there is to tell; a recipient is told of those it was given."""

    ATTACK = "attack", _("many suspicious orders at once")
    HELD = "held", _("something waits for a decision of yours")
    UNIT = "unit", _("a delivery needs a person")
    CASE = "case", _("a buyer complains, or waits too long for an answer")
    PRICE = "price", _("a supplier's price moved")
    OFF_SALE = "off_sale", _("a margin rule took something off sale")
    ENDPOINT = "endpoint", _("a partner's webhook was given up on")
    LOW = "low", _("stock runs out within three days")
    EXPIRING = "expiring", _("stock expires within 30 days")
    VISIT = "visit", _("somebody of the platform looks in")
    SUPPLIER = "supplier", _("a supplier does not answer")


class SmsProvider(models.TextChoices):
    ALIYUN = "aliyun", _("Aliyun SMS")
    TENCENT = "tencent", _("Tencent Cloud SMS")


class Fate(StrEnum):
    """What became of a message that somebody waits for."""

    SENT = "sent"
    UNKNOWN = "unknown"  # no answer, and it may have arrived
    NO_ADDRESS = "no_address"  # nobody is reached there
    NOT_SENT = "not_sent"


class MessageState(models.TextChoices):
    WAITING = "waiting", _("on its way")
    SENT = "sent", _("sent")
    GIVEN_UP = "given_up", _("given up")


MESSAGE_MOVES = {
    MessageState.WAITING: frozenset({MessageState.SENT, MessageState.GIVEN_UP}),
    MessageState.SENT: frozenset[MessageState](),
    MessageState.GIVEN_UP: frozenset[MessageState](),
}
