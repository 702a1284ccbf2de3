"""Access tokens in memory."""

from collections.abc import Sequence

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.access_token import AccessToken, KeptToken
from penstock.ports.access_tokens import NewToken


class MemoryAccessTokens:
    """`AccessTokens` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def add(self, new: NewToken) -> AccessToken:
        return await self._trip("access_tokens.add", lambda: self._add(new))

    async def find(self, ids: Sequence[str]) -> dict[str, KeptToken]:
        return await self._trip("access_tokens.find", lambda: self._find(ids))

    async def newest(self, limit: int) -> list[AccessToken]:
        return await self._trip("access_tokens.newest", lambda: self._newest(limit))

    async def revoke(self, token_id: str, revoked_by: str) -> AccessToken | None:
        return await self._trip("access_tokens.revoke", lambda: self._revoke(token_id, revoked_by))

    async def used(self, ids: Sequence[str], at_most_every_s: float) -> None:
        await self._trip("access_tokens.used", lambda: self._used(ids, round(at_most_every_s * 1_000_000)))

    def _add(self, new: NewToken) -> AccessToken:
        now_us = self._cluster.now_us()
        token = AccessToken(
            id=new.id,
            name=new.name,
            role=new.role,
            namespaces=new.namespaces,
            created_at_us=now_us,
            created_by=new.created_by,
            expires_at_us=now_us + round(new.expires_in_s * 1_000_000) if new.expires_in_s else 0,
        )
        return self._cluster.access_tokens.setdefault(new.id, (token, new.secret_hash))[0]

    def _find(self, ids: Sequence[str]) -> dict[str, KeptToken]:
        now_us, rows = self._cluster.now_us(), self._cluster.access_tokens
        return {token_id: KeptToken(*rows[token_id], now_us) for token_id in ids if token_id in rows}

    def _newest(self, limit: int) -> list[AccessToken]:
        tokens = [token for token, _ in self._cluster.access_tokens.values()]
        return sorted(tokens, key=lambda token: (token.created_at_us, token.id), reverse=True)[:limit]

    def _revoke(self, token_id: str, revoked_by: str) -> AccessToken | None:
        token, _ = self._cluster.access_tokens.get(token_id, (None, b""))
        if token is None or token.revoked_at_us:
            return token
        return self._put(structs.replace(token, revoked_at_us=self._cluster.now_us(), revoked_by=revoked_by))

    def _used(self, ids: Sequence[str], at_most_every_us: int) -> None:
        now_us = self._cluster.now_us()
        for token_id in ids:
            token, _ = self._cluster.access_tokens.get(token_id, (None, b""))
            if token is not None and (not token.last_used_at_us or token.last_used_at_us < now_us - at_most_every_us):
                self._put(structs.replace(token, last_used_at_us=now_us))

    def _put(self, token: AccessToken) -> AccessToken:
        _, secret_hash = self._cluster.access_tokens[token.id]
        self._cluster.access_tokens[token.id] = (token, secret_hash)
        return token
