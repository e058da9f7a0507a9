"""The sandbox's own mouth: posts a notice to a shop's gate, as a provider would from outside."""

from collections.abc import Mapping

import requests

TIMEOUT = (2, 10)  # connect, read: the sandbox's patience
LONGEST_ANSWER = 80


def post(*, url: str, host: str, body: bytes, headers: Mapping[str, str]) -> str:
    """The answer's text, or what went wrong in brackets; never raises for what the wire does."""
    # The gate is this machine: no proxy of the environment may come between.
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(
                url,
                data=body,
                headers={**headers, "Host": host, "X-Forwarded-Proto": "https"},
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as why:
            return f"[{type(why).__name__}]"
    if not answer.ok:
        return f"[{answer.status_code}]"
    return answer.text[:LONGEST_ANSWER]
