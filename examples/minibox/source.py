"""The stream as the platform sees it: how far its source has come, and what refresh found behind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from penstock.adapters.postgres import PostgresStore
from penstock.model.event import StreamId
from penstock.model.refresh import RefreshState

from .box import STREAM

_PAGE = 1_000


class Source:
    """Reads the platform's own store, beside everything else."""

    def __init__(self, store: PostgresStore, stream_id: StreamId) -> None:
        self._store, self._stream_id = store, stream_id
        self._source = store.folder_source(stream_id)
        self._behind: dict[tuple[int, int], int] = {}

    async def heads(self) -> dict[str, int]:
        """The sequence of the latest change of each path."""
        found: dict[str, int] = {}
        mark, is_end = b"", False
        while not is_end:
            page = await self._source.scan(mark, _PAGE)
            found |= {head.subject: head.sequence for head in page.heads}
            mark, is_end = page.mark, page.is_end
        return found

    async def refreshed(self) -> int:
        """How many deliveries refresh has set off so far. To be asked more often than a pass begins."""
        for state in await self._store.refreshes.standing([self._stream_id]):
            self._note(state)
        return sum(self._behind.values())

    def _note(self, state: RefreshState) -> None:
        self._behind[state.loop, state.last_began_at_us] = state.last_count.behind
        if state.began_at_us:
            self._behind[state.loop, state.began_at_us] = state.count.behind


@asynccontextmanager
async def open_source(postgres_url: str) -> AsyncIterator[Source]:
    """For as long as the platform runs."""
    async with PostgresStore.connect(postgres_url) as store:
        namespace = await store.registry.namespace("default")
        yield Source(store, (await store.streams.resolve(namespace, [STREAM]))[STREAM])
