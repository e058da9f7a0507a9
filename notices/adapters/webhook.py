"""A webhook of the shop's own, signed as the Standard Webhooks specification says."""

import json
from datetime import UTC

from standardwebhooks import Webhook

from core.moments import written
from core.outward import Incoming, Outgoing
from notices.types import Letter


def compose(letter: Letter) -> Outgoing:
    said = {
        "object": "notices",
        "id": letter.id,
        "created_at": written(letter.now),
        "data": [
            {"id": one.ref, "type": one.topic, "text": one.text, "url": one.link,
             "at": written(one.at)}
            for one in letter.lines
        ],
    }  # fmt: skip
    body, at = json.dumps(said, ensure_ascii=False), letter.now.astimezone(UTC)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": letter.id,
        "webhook-timestamp": str(int(at.timestamp())),
    }
    if letter.secret is not None:
        signer = Webhook(letter.secret.reveal())
        headers["webhook-signature"] = signer.sign(letter.id, at, body)
    return Outgoing(method="POST", url=letter.address.reveal(), body=body.encode(), headers=headers)


def refusal_in(answer: Incoming) -> str:
    return "" if 200 <= answer.status < 300 else f"http_{answer.status}"
