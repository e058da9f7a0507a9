"""The group robots of WeCom, DingTalk and Feishu: one POST of JSON to an address that holds their
key. Each takes some twenty messages a minute.

They answer 200 whatever becomes of it; a number in the body says whether it was taken. Sources:
developer.work.weixin.qq.com/document/path/91770 (WeCom), open.dingtalk.com "custom robots" with
加签 (DingTalk), open.feishu.cn "custom bots" with 签名校验 (Feishu).
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from hmac import digest
from typing import Any
from urllib.parse import urlencode

from core.outward import Incoming, Outgoing
from notices.states import Way
from notices.types import Letter

# Where the robots of each live: no other address is called.
HOSTS = {
    Way.WECOM: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?",
    Way.DINGTALK: "https://oapi.dingtalk.com/robot/send?",
    Way.FEISHU: "https://open.feishu.cn/open-apis/bot/v2/hook/",
}
LONGEST = 3_900  # bytes; WeCom takes 4,096 of markdown


def compose_wecom(letter: Letter) -> Outgoing:
    said = {"msgtype": "markdown", "markdown": {"content": _cut(letter.as_markdown)}}
    return _post(letter.address.reveal(), said)


def compose_dingtalk(letter: Letter) -> Outgoing:
    """Signed over "milliseconds, new line, secret" by the secret; it goes into the address."""
    url = letter.address.reveal()
    if letter.secret is not None:
        stamp, secret = str(int(letter.now.timestamp() * 1000)), letter.secret.reveal()
        sign = b64encode(digest(secret.encode(), f"{stamp}\n{secret}".encode(), sha256)).decode()
        url = f"{url}&{urlencode({'timestamp': stamp, 'sign': sign})}"
    text = {"title": letter.title, "text": _cut(letter.as_markdown.replace("\n", "\n\n"))}
    return _post(url, {"msgtype": "markdown", "markdown": text})


def compose_feishu(letter: Letter) -> Outgoing:
    """Signed over nothing, keyed by "seconds, new line, secret"; it goes into the body."""
    # No markdown; but <at …> calls people.
    text = f"{letter.title}\n\n{letter.as_text}".translate(
        {ord("<"): "\N{FULLWIDTH LESS-THAN SIGN}"}
    )
    said: dict[str, Any] = {"msg_type": "text", "content": {"text": _cut(text)}}
    if letter.secret is not None:
        stamp = str(int(letter.now.timestamp()))
        key = f"{stamp}\n{letter.secret.reveal()}".encode()
        said |= {"timestamp": stamp, "sign": b64encode(digest(key, b"", sha256)).decode()}
    return _post(letter.address.reveal(), said)


def refusal_in(answer: Incoming) -> str:
    """Why it was not taken; nothing if it was."""
    if not 200 <= answer.status < 300:
        return f"http_{answer.status}"
    try:
        told = json.loads(answer.body)
        code = told.get("errcode", told.get("code"))
    except (ValueError, AttributeError, RecursionError):
        return "unreadable"
    return "" if code == 0 else f"code_{str(code)[:20]}"


def _post(url: str, said: Mapping[str, Any]) -> Outgoing:
    body = json.dumps(said, ensure_ascii=False).encode()
    return Outgoing(method="POST", url=url, body=body, headers={"Content-Type": "application/json"})


def _cut(text: str) -> str:
    if len(text.encode()) <= LONGEST:
        return text
    return text.encode()[: LONGEST - 3].decode(errors="ignore") + "…"
