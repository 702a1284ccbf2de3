"""Access tokens: a handful of rows, on a connection of their own, so that no flood of other calls is in the way."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.access_token import AccessToken, KeptToken
from penstock.ports.access_tokens import NewToken

_ADD: Final = statement("access_token_add")
_FIND: Final = statement("access_token_find")
_NEWEST: Final = statement("access_tokens_newest")
_REVOKE: Final = statement("access_token_revoke")
_USED: Final = statement("access_token_used")
_COLUMNS: Final = len(AccessToken.__struct_fields__)


class PostgresAccessTokens:
    """See `ports.access_tokens.AccessTokens`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, new: NewToken) -> AccessToken:
        """Keep it."""
        lifetime_us = microseconds(new.expires_in_s) if new.expires_in_s else None
        await self._pool.fetch(
            _ADD, new.id, new.secret_hash, new.name, new.role, list(new.namespaces), new.created_by, lifetime_us
        )
        return (await self.find([new.id]))[new.id].token

    async def find(self, ids: Sequence[str]) -> dict[str, KeptToken]:
        """Those among the ids that were made."""
        rows = await self._pool.fetch(_FIND, list(ids)) if ids else []
        return {row[0]: KeptToken(_token(row), row[_COLUMNS], row[_COLUMNS + 1]) for row in rows}

    async def newest(self, limit: int) -> list[AccessToken]:
        """At most so many, the newest first."""
        return [_token(row) for row in await self._pool.fetch(_NEWEST, limit)]

    async def revoke(self, token_id: str, revoked_by: str) -> AccessToken | None:
        """It is good no longer."""
        row = await self._pool.row(_REVOKE, token_id, revoked_by)
        return None if row is None else _token(row)

    async def used(self, ids: Sequence[str], at_most_every_s: float) -> None:
        """They were used just now."""
        await self._pool.fetch(_USED, list(ids), microseconds(at_most_every_s))


def _token(row: Sequence[Any]) -> AccessToken:
    return AccessToken(
        id=row[0],
        name=row[1],
        role=row[2],
        namespaces=tuple(row[3]),
        created_at_us=row[4],
        created_by=row[5],
        expires_at_us=row[6] or 0,
        revoked_at_us=row[7] or 0,
        revoked_by=row[8] or "",
        last_used_at_us=row[9] or 0,
    )
