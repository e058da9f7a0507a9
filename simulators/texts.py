"""SMS as two providers send them: Aliyun (SendSms, ACS3-HMAC-SHA256) and Tencent Cloud (SendSms,
TC3-HMAC-SHA256). A message is a purchase: its template the product, its number what is charged, its
text in `details`, where the desk's page shows it.

An account's id is its key, its secret the key's; the options `signature` and, for Tencent, `app_id`
are what is registered. Both send the same call a second time.

Guesses, where nothing is published:
guess: HTTP is 200 for a refusal in Aliyun's own words, 400 for a wrong signature or key;
guess: Tencent tells the refusals of one number in its SendStatusSet, all others as an Error;
guess: a clock that is off by more than fifteen minutes (Aliyun), five (Tencent) is refused.
"""

import hmac
import json
import re
import time
from calendar import timegm
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import parse_qsl, quote

from simulators.dialect import Silent
from simulators.reading import object_of, text_of
from simulators.records import Account, Product, Purchase, Refusal, Refused, Wish
from simulators.shop import Shop
from simulators.wire import Reply, Visit

MOBILE = r"1[3-9]\d{9}"


class AliyunSms(Silent):
    name = "aliyun_sms"
    refusals: Mapping[Refusal, str] = {
        Refusal.SIGN: "SignatureDoesNotMatch",
        Refusal.NO_ACCOUNT: "InvalidAccessKeyId.NotFound",
        Refusal.CLOCK: "InvalidTimeStamp.Expired",
        Refusal.NO_PRODUCT: "isv.SMS_TEMPLATE_ILLEGAL",
        Refusal.NO_METHOD: "isv.SMS_SIGNATURE_ILLEGAL",
        Refusal.OFF_SHELF: "isv.BUSINESS_LIMIT_CONTROL",
        Refusal.BALANCE: "isv.OUT_OF_SERVICE",
        Refusal.PARAM: "isv.MOBILE_NUMBER_ILLEGAL",
        Refusal.BUSY: "isp.SYSTEM_ERROR",
    }

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def answer(self, visit: Visit) -> Reply:
        try:
            sent = self._send(visit)
        except Refused as refused:
            visit.outcome = f"refused {refused}"
            code = self.refusals.get(refused.refusal, "isp.SYSTEM_ERROR")
            is_door = refused.refusal in (Refusal.SIGN, Refusal.NO_ACCOUNT, Refusal.CLOCK)
            told = {"Code": code, "Message": code, "RequestId": "0"}
            return Reply(body=json.dumps(told).encode(), status=400 if is_door else 200)
        visit.outcome = "ok"
        told = {"Code": "OK", "Message": "OK", "RequestId": sent.ref, "BizId": sent.ref}
        return Reply(body=json.dumps(told).encode())

    def _send(self, visit: Visit) -> Purchase:
        headers = {name.lower(): value for name, value in visit.headers.items()}
        account = self._account(visit, headers)
        _check_clock(headers.get("x-acs-date", ""), within=900)
        given = dict(parse_qsl(visit.url.query, keep_blank_values=True))
        if given.get("SignName") != account.options.get("signature"):
            raise Refused(Refusal.NO_METHOD)
        number = text_of(given, "PhoneNumbers", pattern=MOBILE)
        values = json.loads(given.get("TemplateParam") or "{}")
        return _sent(self._shop, visit, account, given.get("TemplateCode", ""), number, values)

    def _account(self, visit: Visit, headers: Mapping[str, str]) -> Account:
        said = re.fullmatch(
            r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})",
            headers.get("authorization", ""),
        )
        account = self._shop.ledger.find_account(self.name, said[1]) if said else None
        if said is None or account is None:
            raise Refused(Refusal.NO_ACCOUNT)
        visit.account = account
        names = said[2].split(";")
        query = "&".join(
            f"{quote(name, safe='~')}={quote(value, safe='~')}"
            for name, value in sorted(parse_qsl(visit.url.query, keep_blank_values=True))
        )
        canonical = "\n".join([
            visit.method, visit.url.path, query,
            "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in names),
            said[2], sha256(visit.body).hexdigest(),
        ])  # fmt: skip
        text = "ACS3-HMAC-SHA256\n" + sha256(canonical.encode()).hexdigest()
        right = hmac.digest(account.secret.encode(), text.encode(), "sha256").hex()
        wanted = {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce"}
        if not hmac.compare_digest(right, said[3]) or not wanted <= set(names):
            raise Refused(Refusal.SIGN)
        return account


class TencentSms(Silent):
    name = "tencent_sms"
    of_number: Mapping[Refusal, str] = {
        Refusal.PARAM: "InvalidParameterValue.IncorrectPhoneNumber",
        Refusal.OFF_SHELF: "LimitExceeded.PhoneNumberDailyLimit",
        Refusal.NO_PRODUCT: "FailedOperation.TemplateIncorrectOrUnapproved",
        Refusal.NO_METHOD: "FailedOperation.SignatureIncorrectOrUnapproved",
        Refusal.BALANCE: "FailedOperation.InsufficientBalanceInSmsPackage",
    }
    errors: Mapping[Refusal, str] = {
        Refusal.SIGN: "AuthFailure.SignatureFailure",
        Refusal.NO_ACCOUNT: "AuthFailure.SecretIdNotFound",
        Refusal.CLOCK: "AuthFailure.SignatureExpire",
    }

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def answer(self, visit: Visit) -> Reply:
        given: Mapping[str, object] = {}
        try:
            account = self._account(visit)
            given = object_of(visit.body)
            sent = self._send(visit, account, given)
        except Refused as refused:
            visit.outcome = f"refused {refused}"
            if refused.refusal in self.of_number:
                return _told({"SendStatusSet": [_status(given, self.of_number[refused.refusal])]})
            code = self.errors.get(refused.refusal, "InternalError.OtherError")
            return _told({"Error": {"Code": code, "Message": code}})
        visit.outcome = "ok"
        return _told({"SendStatusSet": [_status(given, "Ok", serial=sent.ref)]})

    def _send(self, visit: Visit, account: Account, given: Mapping[str, object]) -> Purchase:
        numbers, values = given.get("PhoneNumberSet"), given.get("TemplateParamSet")
        if not isinstance(numbers, list) or len(numbers) != 1 or not isinstance(values, list):
            raise Refused(Refusal.BUSY)
        if given.get("SmsSdkAppId") != account.options.get("app_id") or given.get(
            "SignName"
        ) != account.options.get("signature"):
            raise Refused(Refusal.NO_METHOD)
        number = text_of({"number": numbers[0]}, "number", pattern=r"\+86" + MOBILE)
        named = {str(at): value for at, value in enumerate(values, start=1)}
        return _sent(self._shop, visit, account, str(given.get("TemplateId")), number, named)

    def _account(self, visit: Visit) -> Account:
        headers = {name.lower(): value for name, value in visit.headers.items()}
        said = re.fullmatch(
            r"TC3-HMAC-SHA256 Credential=([^/]+)/([^,]+), SignedHeaders=([^,]+), "
            r"Signature=([0-9a-f]{64})",
            headers.get("authorization", ""),
        )
        account = self._shop.ledger.find_account(self.name, said[1]) if said else None
        if said is None or account is None:
            raise Refused(Refusal.NO_ACCOUNT)
        visit.account = account
        stamp = headers.get("x-tc-timestamp", "0")
        if abs(time.time() - int(stamp)) > 300:
            raise Refused(Refusal.CLOCK)
        canonical = "\n".join([
            visit.method, visit.url.path, visit.url.query,
            "".join(f"{name}:{headers.get(name, '').lower()}\n" for name in said[3].split(";")),
            said[3], sha256(visit.body).hexdigest(),
        ])  # fmt: skip
        text = f"TC3-HMAC-SHA256\n{stamp}\n{said[2]}\n{sha256(canonical.encode()).hexdigest()}"
        key = b"TC3" + account.secret.encode()
        for part in said[2].split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        if not hmac.compare_digest(hmac.digest(key, text.encode(), "sha256").hex(), said[4]):
            raise Refused(Refusal.SIGN)
        return account


def _sent(
    shop: Shop,
    visit: Visit,
    account: Account,
    template: str,
    number: str,
    values: Mapping[str, object],
) -> Purchase:
    product = _template(shop, account, template)
    wish = Wish(client_no="", product=product, quantity=1, charged_to=number, details=dict(values))
    return shop.buy_at_once(visit, account, wish)


def _template(shop: Shop, account: Account, template: str) -> Product:
    for product in shop.ledger.products(account.protocol):
        if product.id == template:
            return product
    raise Refused(Refusal.NO_PRODUCT)


def _check_clock(text: str, *, within: int) -> None:
    try:
        moment = timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError as error:
        raise Refused(Refusal.CLOCK) from error
    if abs(time.time() - moment) > within:
        raise Refused(Refusal.CLOCK)


def _status(given: Mapping[str, object], code: str, *, serial: str = "") -> Mapping[str, object]:
    numbers = given.get("PhoneNumberSet")
    number = numbers[0] if isinstance(numbers, list) and numbers else ""
    return {"SerialNo": serial, "PhoneNumber": number, "Fee": int(code == "Ok"), "Code": code,
            "Message": code, "SessionContext": "", "IsoCode": "CN"}  # fmt: skip


def _told(said: Mapping[str, object]) -> Reply:
    return Reply(body=json.dumps({"Response": {**said, "RequestId": "0"}}).encode())
