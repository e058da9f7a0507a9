"""Aliyun SMS: SendSms of 2017-05-25, signed by ACS3-HMAC-SHA256 (V3).

The same call again sends a second message. What its list of errors does not say for sure is
unknown. Without a signature that is registered by real name, carriers drop what was answered "OK".
"""

import hmac
import json
from datetime import UTC
from hashlib import sha256
from urllib.parse import quote, urlsplit

from core.outward import Incoming, Outgoing
from notices.adapters.sms import Account, Provider, Text, Told
from notices.states import Fate

HOME = "https://dysmsapi.aliyuncs.com/"
# Refused for good and for sure: nothing was sent.
NO_ADDRESS = frozenset({"isv.MOBILE_NUMBER_ILLEGAL"})
REFUSED = frozenset({
    "isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL",
    "isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH", "isv.SMS_SIGN_ILLEGAL",
    "isv.SMS_SIGNATURE_ILLEGAL", "isv.SMS_TEMPLATE_ILLEGAL", "isv.SIGN_STATE_ILLEGAL",
    "isv.DENY_IP_RANGE", "isp.RAM_PERMISSION_DENY", "SignatureDoesNotMatch",
    "InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive", "InvalidTimeStamp.Expired",
})  # fmt: skip


def compose(account: Account, text: Text) -> Outgoing:
    query = _query({
        "PhoneNumbers": text.to.reveal().removeprefix("+86"),
        "SignName": account.signature,
        "TemplateCode": account.template,
        "TemplateParam": json.dumps({"code": text.code.reveal()}, separators=(",", ":")),
    })  # fmt: skip
    url = urlsplit(account.base_url or HOME)
    headers = {
        "host": url.netloc,
        "x-acs-action": "SendSms",
        "x-acs-version": "2017-05-25",
        "x-acs-date": text.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": text.nonce,
        "x-acs-content-sha256": sha256(b"").hexdigest(),
    }
    names = ";".join(sorted(headers))
    sign = signature(url.path or "/", query, headers, account.secret.reveal())
    headers["Authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={account.key_id},SignedHeaders={names},Signature={sign}"
    )
    address = f"{url.scheme}://{url.netloc}{url.path or '/'}?{query}"
    return Outgoing(method="POST", url=address, body=b"", headers=headers)


def signature(path: str, query: str, headers: dict[str, str], secret: str) -> str:
    """Over an empty body; `headers` are all signed, their names in small letters."""
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    said = "\n".join(
        ["POST", path, query, lines, ";".join(sorted(headers)), headers["x-acs-content-sha256"]]
    )
    text = f"ACS3-HMAC-SHA256\n{sha256(said.encode()).hexdigest()}"
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()


def _query(fields: dict[str, str]) -> str:
    """As RFC 3986 has it, by name."""
    return "&".join(f"{quote(k, safe='~')}={quote(fields[k], safe='~')}" for k in sorted(fields))


def understand(answer: Incoming, _text: Text) -> Told:
    try:
        told = json.loads(answer.body)
        code = str(told["Code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return Told(fate=Fate.UNKNOWN, why=f"http_{answer.status}")
    if code == "OK" and answer.status == 200:
        return Told(fate=Fate.SENT)
    if code in NO_ADDRESS:
        return Told(fate=Fate.NO_ADDRESS, why=code)
    return Told(fate=Fate.NOT_SENT if code in REFUSED else Fate.UNKNOWN, why=code)


ALIYUN = Provider(home=HOME, compose=compose, understand=understand)
