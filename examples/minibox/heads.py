"""How far the source has come with each path, as the platform reads it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from penstock.adapters.postgres import PostgresStore

from .box import STREAM

Heads = Callable[[], Awaitable[dict[str, int]]]
_PAGE = 1_000


@asynccontextmanager
async def source_heads(postgres_url: str) -> AsyncIterator[Heads]:
    """What asks for them."""
    async with PostgresStore.connect(postgres_url) as store:
        namespace = await store.registry.namespace("default")
        source = store.folder_source((await store.streams.resolve(namespace, [STREAM]))[STREAM])

        async def heads() -> dict[str, int]:
            found: dict[str, int] = {}
            mark, is_end = b"", False
            while not is_end:
                page = await source.scan(mark, _PAGE)
                found |= {head.subject: head.sequence for head in page.heads}
                mark, is_end = page.mark, page.is_end
            return found

        yield heads
