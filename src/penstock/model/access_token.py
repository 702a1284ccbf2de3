"""Access tokens: how they look, what is kept of them, and when one is good.

`penstock_<id>_<secret>`: the id finds the row, the secret proves the right to it. Only a hash of the secret
is kept; 256 random bits need no slow one.
"""

import hashlib
import hmac
import re
from typing import Final

from msgspec import Struct

from penstock.model.errors import InvalidInput, LimitExceeded, NotAuthenticated
from penstock.model.limits import TOKEN_EXPIRY_S_MAX

ID_BYTES: Final = 8
SECRET_BYTES: Final = 32
_SHAPE: Final = re.compile(r"penstock_([0-9a-f]{16})_([0-9a-f]{64})\Z")


class AccessToken(Struct, frozen=True):
    """What is known of a token; its secret is known to nobody. Times in microseconds since 1970, 0 for never."""

    id: str
    name: str
    role: str
    namespaces: tuple[str, ...]
    created_at_us: int
    created_by: str
    expires_at_us: int = 0
    revoked_at_us: int = 0
    revoked_by: str = ""
    last_used_at_us: int = 0
    """behind by up to an hour: it is written rarely"""


class KeptToken(Struct, frozen=True):
    """A token as the store read it. `read_at_us` is the store's clock at that moment."""

    token: AccessToken
    secret_hash: bytes
    read_at_us: int

    @property
    def good_for_us(self) -> int | None:
        """How much longer it stands, as far as is known; None: as long as nobody revokes it."""
        if self.token.revoked_at_us:
            return 0
        return max(0, self.token.expires_at_us - self.read_at_us) if self.token.expires_at_us else None


class Presented(Struct, frozen=True):
    """A token as a caller shows it, its secret hashed."""

    id: str
    secret_hash: bytes

    def check(self, kept: KeptToken | None) -> None:
        """Raises `NotAuthenticated`. Only who knows the secret is told more than that it is not known."""
        known = kept.secret_hash if kept is not None else bytes(len(self.secret_hash))
        if not hmac.compare_digest(known, self.secret_hash) or kept is None:
            raise NotAuthenticated("the token is not known here; `penstock tokens create` makes one")
        if kept.token.revoked_at_us:
            raise NotAuthenticated(f"the token {kept.token.name} ({self.id}) was revoked; use another one")
        if kept.good_for_us == 0:
            raise NotAuthenticated(f"the token {kept.token.name} ({self.id}) has expired; use another one")


def token_text(token_id: bytes, secret: bytes) -> str:
    """The token to be handed over, once. Both parts random: 8 and 32 bytes."""
    assert (len(token_id), len(secret)) == (ID_BYTES, SECRET_BYTES)
    return f"penstock_{token_id.hex()}_{secret.hex()}"


def presented(text: str) -> Presented:
    """What a token says; raises `NotAuthenticated` for a text that is none, which is not repeated."""
    found = _SHAPE.match(text)
    if found is None:
        raise NotAuthenticated("what was shown is no token; one looks like penstock_<16 hex digits>_<64 hex digits>")
    return Presented(found[1], hashlib.sha256(bytes.fromhex(found[2])).digest())


def check_expiry(expires_in_s: float) -> float:
    """How long a token is good, 0 for ever; raises `InvalidInput`."""
    if not 0 <= expires_in_s < float("inf"):
        raise InvalidInput("expires_in_s", f"{expires_in_s} is no time ahead; use seconds, or 0 for never")
    if expires_in_s > TOKEN_EXPIRY_S_MAX:
        raise LimitExceeded("expires_in_s", f"{expires_in_s:g} is over {TOKEN_EXPIRY_S_MAX}; use 0 for never")
    return expires_in_s
