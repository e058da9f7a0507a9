"""Tencent Cloud SMS: SendSms of 2021-01-11, signed by TC3-HMAC-SHA256.

One answer holds a word for each number: "Ok" of another number than ours says nothing.
"""

import hmac
import json
from datetime import UTC
from hashlib import sha256
from urllib.parse import urlsplit

from core.outward import Incoming, Outgoing
from notices.adapters.sms import Account, Provider, Text, Told
from notices.states import Fate

HOME = "https://sms.tencentcloudapi.com/"
KIND = "application/json; charset=utf-8"
NO_ADDRESS = frozenset({
    "InvalidParameterValue.IncorrectPhoneNumber", "FailedOperation.PhoneNumberInBlacklist",
})  # fmt: skip
REFUSED = frozenset({
    "FailedOperation.SignatureIncorrectOrUnapproved",
    "FailedOperation.TemplateIncorrectOrUnapproved",
})  # fmt: skip
REFUSED_KINDS = ("AuthFailure.", "LimitExceeded.")


def compose(account: Account, text: Text) -> Outgoing:
    said = {
        "PhoneNumberSet": [text.to.reveal()],
        "SmsSdkAppId": account.app_id,
        "TemplateId": account.template,
        "SignName": account.signature,
        "TemplateParamSet": [text.code.reveal()],
    }
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    url, stamp = urlsplit(account.base_url or HOME), int(text.now.timestamp())
    signed = {"content-type": KIND, "host": url.netloc, "x-tc-action": "sendsms"}
    day = text.now.astimezone(UTC).strftime("%Y-%m-%d")
    scope = f"{day}/sms/tc3_request"
    sign = signature(url.path or "/", signed, body, stamp, scope, account.secret.reveal())
    headers = {
        "Content-Type": KIND,
        "Host": url.netloc,
        "X-TC-Action": "SendSms",
        "X-TC-Version": "2021-01-11",
        "X-TC-Region": account.region,
        "X-TC-Timestamp": str(stamp),
        "Authorization": f"TC3-HMAC-SHA256 Credential={account.key_id}/{scope}, "
        f"SignedHeaders={';'.join(sorted(signed))}, Signature={sign}",
    }
    return Outgoing(method="POST", url=url.geturl(), body=body, headers=headers)


def signature(
    path: str, headers: dict[str, str], body: bytes, stamp: int, scope: str, secret: str
) -> str:
    """`scope` is "2019-02-25/sms/tc3_request": the key is made of its parts, one after another."""
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    said = "\n".join(["POST", path, "", lines, ";".join(sorted(headers)), sha256(body).hexdigest()])
    text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(said.encode()).hexdigest()}"
    key = f"TC3{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def understand(answer: Incoming, text: Text) -> Told:
    try:
        told = json.loads(answer.body)["Response"]
        code = str(told["Error"]["Code"]) if "Error" in told else _of_number(told, text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Told(fate=Fate.UNKNOWN, why=f"http_{answer.status}")
    if code == "Ok":
        return Told(fate=Fate.SENT)
    if code in NO_ADDRESS:
        return Told(fate=Fate.NO_ADDRESS, why=code)
    is_refused = code in REFUSED or code.startswith(REFUSED_KINDS)
    return Told(fate=Fate.NOT_SENT if is_refused else Fate.UNKNOWN, why=code)


def _of_number(told: dict[str, list[dict[str, str]]], text: Text) -> str:
    """Raises KeyError, where our number is not the one that is told of."""
    (one,) = told["SendStatusSet"]
    if one["PhoneNumber"] != text.to.reveal():
        raise KeyError("PhoneNumber")
    return str(one["Code"])


TENCENT = Provider(home=HOME, compose=compose, understand=understand)
