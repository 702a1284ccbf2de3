"""The sources that the settings declare, for those who only look: nothing watches, nothing is written."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from penstock.adapters.postgres import PostgresStore
from penstock.compose.custom_source import open_custom_source
from penstock.compose.sources import DeclaredSources, open_table
from penstock.settings import Settings
from penstock.source_settings import EntityTable, JournalTable, WatchedFolder, stream_of

if TYPE_CHECKING:
    from penstock.model.event import StreamId
    from penstock.ports.event_source import EventSource


@asynccontextmanager
async def read_sources(settings: Settings, store: PostgresStore) -> AsyncIterator[DeclaredSources]:
    """As `open_sources`; what is known of a folder is what the orchestrators have seen of it."""
    declared: dict[StreamId, EventSource] = {}
    async with AsyncExitStack() as stack:
        for name, source in settings.sources.items():
            namespace, stream = stream_of(name, source)
            namespace_id = await store.registry.namespace(namespace)
            stream_id = (await store.streams.resolve(namespace_id, [stream]))[stream]
            if isinstance(source, JournalTable | EntityTable):
                declared[stream_id] = await stack.enter_async_context(open_table(settings, name, source))
            elif isinstance(source, WatchedFolder):
                declared[stream_id] = store.folder_source(stream_id)
            else:
                declared[stream_id] = await stack.enter_async_context(open_custom_source(name, source))
        yield DeclaredSources(declared, store.journal_source)
