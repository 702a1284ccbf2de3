"""Both engines, connected."""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from penstock.adapters.jetstream import JetStreamPingQueue, JetStreamWorkQueue, NatsEngine, NatsOptions, NatsSignals
from penstock.adapters.postgres import PostgresStore
from penstock.model.errors import InvalidInput
from penstock.settings import Settings


@dataclass(frozen=True)
class Engines:
    """What every server process stands on."""

    store: PostgresStore
    queue: JetStreamWorkQueue
    signals: NatsSignals
    pings: JetStreamPingQueue


@asynccontextmanager
async def open_engines(settings: Settings, role: str) -> AsyncIterator[Engines]:
    """Connects to both. PostgreSQL must answer and be safe; NATS may come later."""
    if not settings.postgres_url or not settings.nats_url:
        raise InvalidInput("settings", "postgres_url and nats_url are needed; `penstock dev` starts its own engines")
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(_store(settings))
        nats = NatsEngine(
            NatsOptions(
                urls=tuple(settings.nats_url.split(",")),
                prefix=settings.nats_prefix,
                client_name=f"penstock-{role}-{os.getpid()}",
            )
        )
        await nats.start()
        stack.push_async_callback(nats.stop)
        queue = JetStreamWorkQueue(nats)
        await queue.start()
        stack.push_async_callback(queue.stop)
        pings = JetStreamPingQueue(nats)
        await pings.start()
        stack.push_async_callback(pings.stop)
        yield Engines(store, queue, NatsSignals(nats), pings)


def _store(settings: Settings) -> AbstractAsyncContextManager[PostgresStore]:
    return PostgresStore.connect(
        settings.postgres_url,
        enqueue_timeout_s=settings.enqueue_timeout_s,
        prepared_statements=settings.prepared_statements,
    )


def member_id(kind: str) -> str:
    """A name for this process that no other has had."""
    return f"{kind}-{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
