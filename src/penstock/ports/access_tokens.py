"""Access tokens: read by servers that ask who calls, written by those who make and revoke them."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.access_token import AccessToken, KeptToken


class NewToken(Struct, frozen=True):
    """A token to be kept."""

    id: str
    secret_hash: bytes
    name: str
    role: str
    namespaces: tuple[str, ...]
    created_by: str
    expires_in_s: float = 0.0
    """by the store's clock; 0: never"""


class AccessTokens(Protocol):
    """Every method raises `Unavailable` when the store cannot answer, and may be repeated."""

    async def add(self, new: NewToken) -> AccessToken:
        """Keep it; answers it with the store's times. A repeat changes nothing and answers the same."""

    async def find(self, ids: Sequence[str]) -> dict[str, KeptToken]:
        """Those among the ids that were made, whatever has become of them."""

    async def newest(self, limit: int) -> list[AccessToken]:
        """At most so many, the newest first, expired and revoked ones too."""

    async def revoke(self, token_id: str, revoked_by: str) -> AccessToken | None:
        """It is good no longer; None when nobody made it. The first revocation's time and name stay."""

    async def used(self, ids: Sequence[str], at_most_every_s: float) -> None:
        """They were used just now; written only when what stands there is older than that."""
