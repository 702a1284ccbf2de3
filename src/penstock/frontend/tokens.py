"""Tokens: made, listed and revoked by those whose own namespaces cover theirs."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from penstock.model.access import Caller, check_namespaces, covers, role_of
from penstock.model.access_token import ID_BYTES, SECRET_BYTES, AccessToken, check_expiry, presented, token_text
from penstock.model.errors import NotFound, NotPermitted
from penstock.model.limits import TOKENS_LISTED_MAX
from penstock.model.names import check_name
from penstock.ports.access_tokens import AccessTokens, NewToken


class Made(Struct, frozen=True):
    """A new token. `text` holds its secret and is kept nowhere."""

    token: AccessToken
    text: str

    def __repr__(self) -> str:
        """Never the secret."""
        return f"Made({self.token!r})"


class TokenDesk:
    """`random_bytes` gives so many bytes that nobody can guess."""

    def __init__(self, tokens: AccessTokens, random_bytes: Callable[[int], bytes]) -> None:
        self._tokens = tokens
        self._random_bytes = random_bytes

    async def create(
        self, caller: Caller, name: str, role: str, namespaces: Sequence[str], expires_in_s: float = 0.0
    ) -> Made:
        """A new token; raises `InvalidInput`, `NotPermitted` for namespaces that are not the caller's."""
        wanted = check_namespaces(namespaces)
        if not covers(caller.namespaces, wanted):
            raise NotPermitted(f"{caller} may make tokens for {', '.join(caller.namespaces)} only")
        text = token_text(self._random_bytes(ID_BYTES), self._random_bytes(SECRET_BYTES))
        shown = presented(text)
        new = NewToken(
            shown.id,
            shown.secret_hash,
            check_name("name", name),
            role_of(role),
            wanted,
            created_by=str(caller),
            expires_in_s=check_expiry(expires_in_s),
        )
        return Made(await self._tokens.add(new), text)

    async def newest(self, caller: Caller) -> list[AccessToken]:
        """Those whose namespaces are the caller's, the newest first."""
        return [
            token
            for token in await self._tokens.newest(TOKENS_LISTED_MAX)
            if covers(caller.namespaces, token.namespaces)
        ]

    async def revoke(self, caller: Caller, token_id: str) -> AccessToken:
        """It is good no longer; raises `NotFound`, also for a token of namespaces that are not the caller's."""
        kept = (await self._tokens.find([token_id])).get(token_id)
        revoked = None
        if kept is not None and covers(caller.namespaces, kept.token.namespaces):
            revoked = await self._tokens.revoke(token_id, str(caller))
        if revoked is None:
            raise NotFound(f"no token {token_id[:40]!r}; `penstock tokens list` shows the ids")
        return revoked
