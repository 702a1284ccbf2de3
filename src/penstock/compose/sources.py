"""The sources that the settings declare, opened, and which stream each is for."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from penstock.adapters.folder import FolderWatch
from penstock.adapters.postgres import PostgresStore
from penstock.adapters.postgres.pools import SOURCES, open_pool
from penstock.adapters.postgres.tables import TableOrder, TableShape, TableSource
from penstock.compose.custom_source import open_custom_source
from penstock.model.errors import InvalidInput
from penstock.model.event import StreamId
from penstock.ports.event_source import EventSource
from penstock.ports.pings import PingQueue
from penstock.settings import Settings
from penstock.source_settings import EntityTable, JournalTable, WatchedFolder, stream_of

Start = Callable[[Coroutine[Any, Any, None]], None]
"""Runs a loop in the background."""
log: Final = logging.getLogger(__name__)
_LOOK_AGAIN_S: Final = 30.0


class DeclaredSources:
    """`SourceBook`: what was declared, and the native journal for every other stream."""

    def __init__(self, declared: Mapping[StreamId, EventSource], native: Callable[[StreamId], EventSource]) -> None:
        self._declared, self._native = declared, native

    def source_of(self, stream_id: StreamId) -> EventSource:
        """Where the events of a stream stand."""
        return self._declared.get(stream_id) or self._native(stream_id)


@asynccontextmanager
async def open_sources(
    settings: Settings, store: PostgresStore, pings: PingQueue, start: Start
) -> AsyncIterator[DeclaredSources]:
    """Each stream of theirs is made. A table that cannot be read now, or a folder that is away, is told and tried
    again; only what can never work is refused, with `InvalidInput`.
    """
    declared: dict[StreamId, EventSource] = {}
    async with AsyncExitStack() as stack:
        for name, source in settings.sources.items():
            namespace, stream = stream_of(name, source)
            namespace_id = await store.registry.namespace(namespace)
            stream_id = (await store.streams.resolve(namespace_id, [stream]))[stream]
            if isinstance(source, JournalTable | EntityTable):
                table = await stack.enter_async_context(open_table(settings, name, source))
                start(_tell_problems(name, table))
                declared[stream_id] = table
            elif isinstance(source, WatchedFolder):
                ignored = source.ignore
                watch = FolderWatch(name, source.folder, ignored, stream_id, store.folders, pings, time.time_ns)
                start(watch.run(source.look_every_s))
                declared[stream_id] = store.folder_source(stream_id)
            else:
                declared[stream_id] = await stack.enter_async_context(open_custom_source(name, source))
        yield DeclaredSources(declared, store.journal_source)


@asynccontextmanager
async def open_table(settings: Settings, name: str, source: JournalTable | EntityTable) -> AsyncIterator[TableSource]:
    """Connects when it is first asked something. Raises `InvalidInput` for what no table can be."""
    try:
        shape = shape_of(source).check()
        dsn = source.dsn() or settings.postgres_url
    except InvalidInput as error:
        raise InvalidInput(f"sources.{name}.{error.field}", error.problem) from None
    if not _is_address(dsn):  # not repeated here: what is wrong about it may be a password
        raise InvalidInput(
            f"sources.{name}.postgres_url",
            "is no address of a PostgreSQL; write postgresql://user:password@host:5432/database, with %XX for what is "
            "special in a password",
        )
    async with open_pool(dsn, SOURCES, settings.prepared_statements) as pool:
        yield TableSource(name, pool, shape)


def shape_of(source: JournalTable | EntityTable) -> TableShape:
    """What was declared, in the adapter's words."""
    common = {
        field: getattr(source, field)
        for field in ("table", "subject", "data", "content_type", "type", "type_column", "time", "time_lag_s", "recent")
    }
    if isinstance(source, EntityTable):
        return TableShape(sequence=source.revision, keeps_each=False, **common)
    return TableShape(sequence=source.sequence, order=TableOrder(source.order), **common)


async def _tell_problems(name: str, table: TableSource) -> None:
    """Until there are none."""
    told: list[str] = []
    while problems := await table.problems():
        for problem in problems if problems != told else ():
            log.warning("source %s cannot be read for now: %s", name, problem)
        told = problems
        await asyncio.sleep(_LOOK_AGAIN_S)
    if told:
        log.info("source %s can be read now", name)


def _is_address(dsn: str) -> bool:
    try:
        parts = urlsplit(dsn)
        return parts.scheme in ("postgresql", "postgres") and parts.port != 0
    except ValueError:
        return False
