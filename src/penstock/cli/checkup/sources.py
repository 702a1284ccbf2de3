"""Declared sources: whether each can be read as it was said."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from penstock.adapters.folder import look_at_folder
from penstock.cli.checkup.finding import Finding, Verdict
from penstock.compose.custom_source import load_factory
from penstock.compose.sources import open_table
from penstock.model.errors import PenstockError
from penstock.settings import Settings
from penstock.source_settings import CustomSource, EntityTable, JournalTable, WatchedFolder, stream_of

if TYPE_CHECKING:
    from penstock.adapters.postgres.tables import TableSource

AREA: Final = "sources"


def look_at_sources(settings: Settings, platforms_url: str) -> Iterator[Finding]:
    """Each of them. `platforms_url`: where the platform's own PostgreSQL is; "": it does not run."""
    for name, source in settings.sources.items():
        namespace, stream = stream_of(name, source)
        what = f"{source.kind} for the stream {stream!r} of {namespace}"
        try:
            problem = _problem(settings, name, source, platforms_url)
        except PenstockError as error:
            problem = str(error)
        if problem:
            yield Finding(AREA, name, f"{what}: {problem}", Verdict.PROBLEM)
        else:
            yield Finding(AREA, name, f"{what}: can be read", Verdict.OK)


def _problem(
    settings: Settings, name: str, source: JournalTable | EntityTable | WatchedFolder | CustomSource, platforms_url: str
) -> str:
    if isinstance(source, CustomSource):
        load_factory(name, source.factory)
        return ""
    if isinstance(source, WatchedFolder):
        look_at_folder(Path(source.folder))
        return ""
    if not source.dsn() and not platforms_url:
        return "the platform's PostgreSQL does not run, and no postgres_url is named"
    reached = settings.model_copy(update={"postgres_url": platforms_url})
    return "; ".join(asyncio.run(_of_table(reached, name, source)))


async def _of_table(settings: Settings, name: str, source: JournalTable | EntityTable) -> list[str]:
    async with open_table(settings, name, source) as table:
        found: TableSource = table
        return await found.problems()
