"""Signatures of webhooks as the Standard Webhooks specification has them: whose, which message, when."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

TOLERANCE_S = 300
"""an older message may be somebody's who has listened"""
_PREFIX = "whsec_"


class BadSignature(Exception):
    """It is not from whoever shares the secret, or too old."""


def signed_headers(secret: str, message_id: str, at_s: int, body: bytes) -> dict[str, str]:
    """What goes with a body. `secret`: `whsec_` and base64."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": f"v1,{_signature(secret, message_id, at_s, body)}",
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, now_s: float) -> str:
    """The message's id. `headers` by their names in small letters; raises `BadSignature`."""
    message_id, signatures = headers.get("webhook-id", ""), headers.get("webhook-signature", "").split()
    try:
        at_s = int(headers.get("webhook-timestamp", ""))
    except ValueError:
        raise BadSignature("no time") from None
    if abs(now_s - at_s) > TOLERANCE_S:
        raise BadSignature("too old, or of a time that has not come")
    wanted = f"v1,{_signature(secret, message_id, at_s, body)}"
    if not message_id or not any(hmac.compare_digest(wanted.encode(), each.encode()) for each in signatures):
        raise BadSignature("signed by somebody else")
    return message_id


def _signature(secret: str, message_id: str, at_s: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.digest(key, f"{message_id}.{at_s}.".encode() + body, hashlib.sha256)
    return base64.b64encode(digest).decode()
