"""Where tokens are looked after: at the platform, or directly in the store while nobody has a token to show."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

from penstock.cli.checked_settings import checked_settings
from penstock.cli.client import Client
from penstock.compose import open_token_desk
from penstock.frontend.tokens import TokenDesk
from penstock.model.access import EVERY_NAMESPACE, Caller, Role
from penstock.model.access_token import AccessToken
from penstock.model.errors import InvalidInput
from penstock.wire.v1 import penstock_pb2 as pb

Answer = TypeVar("Answer")
STORE_KEEPER: Final = Caller("", "store", Role.ADMIN, (EVERY_NAMESPACE,))
"""who can write to the store may do everything, and is named so in its rows"""


class Tokens(Protocol):
    """Both places answer the same."""

    def create(self, name: str, role: str, namespaces: list[str], expires_in_s: float) -> tuple[AccessToken, str]:
        """A new token and its text; raises `PenstockError`s, as all of these do."""

    def newest(self) -> list[AccessToken]:
        """The newest first."""

    def revoke(self, token_id: str) -> AccessToken:
        """It is good no longer."""


class PlatformTokens:
    """By the frontend, which asks who we are."""

    def __init__(self, address: str | None) -> None:
        self._address = address

    def create(self, name: str, role: str, namespaces: list[str], expires_in_s: float) -> tuple[AccessToken, str]:
        request = pb.CreateTokenRequest(name=name, role=role, namespaces=namespaces, expires_in_s=expires_in_s)
        with Client(self._address, None) as client:
            reply = client.create_token(request)
        return _token(reply.token), reply.text

    def newest(self) -> list[AccessToken]:
        with Client(self._address, None) as client:
            return [_token(each) for each in client.tokens()]

    def revoke(self, token_id: str) -> AccessToken:
        with Client(self._address, None) as client:
            return _token(client.revoke_token(token_id))


class StoreTokens:
    """By whoever may write to PostgreSQL."""

    def create(self, name: str, role: str, namespaces: list[str], expires_in_s: float) -> tuple[AccessToken, str]:
        made = _at_the_store(lambda desk: desk.create(STORE_KEEPER, name, role, namespaces, expires_in_s))
        return made.token, made.text

    def newest(self) -> list[AccessToken]:
        return _at_the_store(lambda desk: desk.newest(STORE_KEEPER))

    def revoke(self, token_id: str) -> AccessToken:
        return _at_the_store(lambda desk: desk.revoke(STORE_KEEPER, token_id))


def _at_the_store(step: Callable[[TokenDesk], Awaitable[Answer]]) -> Answer:
    settings = checked_settings()
    if not settings.postgres_url:
        raise InvalidInput("--at-store", "needs PENSTOCK_POSTGRES_URL: it makes tokens where the servers keep them")

    async def work() -> Answer:
        async with open_token_desk(settings) as desk:
            return await step(desk)

    return asyncio.run(work())


def _token(token: pb.AccessToken) -> AccessToken:
    fields = {name: getattr(token, name) for name in AccessToken.__struct_fields__}
    return AccessToken(**{**fields, "namespaces": tuple(token.namespaces)})
