"""Page tokens: where a list goes on, sealed, so that nobody can make or bend one."""

import base64
import binascii
import hmac
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct

from penstock.model.errors import InvalidInput
from penstock.model.identity import ID_BYTES, TaskId

KEY_BYTES_MIN: Final = 16
_ENCODER: Final = msgspec.msgpack.Encoder()


class PageSeal:
    """A token is good for the filter, and so the namespace, that it was given for. Frontends share `key`."""

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES_MIN:
            raise InvalidInput("page key", f"has {len(key)} bytes; it needs {KEY_BYTES_MIN}")
        self._key = blake2b(key, digest_size=32).digest()

    def token(self, wanted: Struct, last: TaskId) -> str:
        """For the page after `last`."""
        return base64.urlsafe_b64encode(last + self._seal(wanted, last)).decode()

    def last(self, wanted: Struct, token: str) -> TaskId:
        """The id in a token; raises `InvalidInput` when it isn't ours for this filter."""
        try:
            raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        last = TaskId(raw[:ID_BYTES])
        if not hmac.compare_digest(raw[ID_BYTES:], self._seal(wanted, last)):
            raise InvalidInput("page_token", "is not one that this list gave for the same filters")
        return last

    def _seal(self, wanted: Struct, last: TaskId) -> bytes:
        return blake2b(_ENCODER.encode(wanted) + last, key=self._key, digest_size=16).digest()
