"""Secrets of endpoints, and the signature that proves who sent a request: Standard Webhooks, symmetric (`v1`)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from penstock.model.errors import InvalidInput

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
"""of a secret that is made here"""
_BYTES_MIN: Final = 24
_BYTES_MAX: Final = 64


def secret_text(secret: bytes) -> str:
    """As its owner is shown it, once."""
    return PREFIX + base64.b64encode(secret).decode()


def check_secret(text: str) -> bytes:
    """A secret that somebody brings along; raises `InvalidInput`, whose words never hold it."""
    if not text.startswith(PREFIX):
        raise InvalidInput("secret", f"begins with {PREFIX}, and then comes base64")
    try:
        secret = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput("secret", f"is not base64 after {PREFIX}") from None
    if not _BYTES_MIN <= len(secret) <= _BYTES_MAX:
        raise InvalidInput("secret", f"has {len(secret)} bytes; {_BYTES_MIN} to {_BYTES_MAX} are allowed")
    return secret


def signed_headers(secrets: Sequence[bytes], message_id: str, at_s: int, body: bytes) -> list[tuple[str, str]]:
    """The three headers. One signature for each secret, the current one first: a receiver that knows either of two is
    content while a secret is rotated.
    """
    signed = f"{message_id}.{at_s}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets]
    return [
        ("webhook-id", message_id),
        ("webhook-timestamp", str(at_s)),
        ("webhook-signature", " ".join(f"v1,{signature}" for signature in signatures)),
    ]
