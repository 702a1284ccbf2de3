"""What a push worker is made of: endpoints as the store has them, orchestrators as every worker sees them."""

import asyncio
import logging
import os
import random
import secrets
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from penstock.adapters.grpc.orchestrators import GrpcOrchestrators, Link
from penstock.adapters.http import HttpPoster
from penstock.adapters.postgres import PostgresStore
from penstock.compose.background import quietly
from penstock.compose.engines import member_id, open_engines
from penstock.execution.push import Fleet, PushTuning
from penstock.frontend.tokens import TokenDesk
from penstock.model.access import ANYBODY, EVERY_NAMESPACE, Role
from penstock.model.errors import InvalidInput
from penstock.ports.membership import Member, Membership
from penstock.settings import Settings, push_networks
from penstock.version import VERSION
from penstock.wire.credentials import Credentials

log = logging.getLogger(__name__)

KIND: Final = "push"


@asynccontextmanager
async def open_push(settings: Settings) -> AsyncIterator[Fleet]:
    """A fleet on its engines, until the context ends; who asks for it runs it."""
    async with AsyncExitStack() as stack:
        engines = await stack.enter_async_context(open_engines(settings, KIND))
        credentials = await _credentials(settings, engines.store, stack)
        poster = HttpPoster(push_networks(settings))
        stack.push_async_callback(poster.close)
        me = Member(member_id(KIND), KIND, "")
        stack.push_async_callback(lambda: quietly(engines.store.membership.leave(me.id)))
        places = _Places(engines.store.membership, me, settings.member_lease_s, credentials)
        stack.push_async_callback(places.close)
        yield Fleet(
            f"{socket.gethostname()}/{os.getpid()}/push",
            engines.store.endpoints,
            engines.signals,
            places.of,
            poster,
            PushTuning(
                version=VERSION,
                heartbeat_timeout_s=settings.heartbeat_timeout_s,
                stop_grace_s=settings.stop_grace_s,
            ),
            time.time,
            random.random,
        )


class _Places:
    """The orchestrators, one set of channels for each namespace; who there is says the store."""

    def __init__(self, membership: Membership, me: Member, lease_s: float, credentials: Credentials) -> None:
        self._membership = membership
        self._me = me
        self._lease_s = lease_s
        self._credentials = credentials
        self._by_namespace: dict[str, GrpcOrchestrators] = {}

    def of(self, namespace: str) -> GrpcOrchestrators:
        """Those that are known when they are called."""
        known = self._by_namespace.get(namespace)
        if known is None:
            link = Link("", namespace, self._credentials)
            known = self._by_namespace[namespace] = GrpcOrchestrators(link, self._addresses)
        return known

    async def close(self) -> None:
        """Close all channels."""
        await asyncio.gather(*(each.close() for each in self._by_namespace.values()))

    async def _addresses(self) -> Sequence[str]:
        members = await self._membership.announce(self._me, self._lease_s)
        return [each.address for each in members if each.kind == "orchestrator" and each.address]


async def _credentials(settings: Settings, store: PostgresStore, stack: AsyncExitStack) -> Credentials:
    """What the settings say. Without a token in them, where one is needed: who may write to the store may make one."""
    if settings.tls_certificate_file and not settings.ca_file:
        raise InvalidInput(
            "ca_file", "is needed where servers speak TLS: push workers call orchestrators, and verify who they are"
        )
    token = settings.token.get_secret_value()
    if settings.authentication == "tokens" and not token and not settings.token_file:
        desk = TokenDesk(store.access_tokens, secrets.token_bytes)
        made = await desk.create(ANYBODY, "push-worker", Role.WORKER, [EVERY_NAMESPACE])
        stack.push_async_callback(lambda: quietly(desk.revoke(ANYBODY, made.token.id)))
        token = made.text
    return Credentials(
        token=token,
        token_file="" if token else settings.token_file,
        ca_file=settings.ca_file,
        client_certificate_file=settings.client_certificate_file,
        client_key_file=settings.client_key_file,
    ).check()
