"""A source of one's own: a folder of files to which others append lines. Each file is a subject, each line an event.

Declared in `penstock.toml`, see the one beside this file:

    [sources.readings]
    kind = "custom"
    factory = "line_files:open_source"
    options = { folder = "readings" }

A line's number is its sequence: lines are only ever appended, so the same line has the same number for every reader,
and none will come to stand above one that was read. A line counts once its end is written.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from penstock.sources import (
    EventSource,
    Heads,
    RangeRead,
    StoredEvent,
    SubjectHead,
    SubjectKey,
    SubjectRange,
    Unavailable,
    hash_of_subject,
)

SUFFIX = ".lines"
OVERLAP_NS = 2_000_000_000
"""times of files are coarse: what was written so shortly before a mark is told again"""


@asynccontextmanager
async def open_source(_name: str, options: Mapping[str, Any]) -> AsyncIterator[EventSource]:
    """What `factory` names: it gets the source's name and its options."""
    yield LineFiles(Path(options["folder"]))


class LineFiles:
    """`EventSource` over `folder/SUBJECT.lines`. Files are read on a thread: the loop must not wait for a disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def read(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        """The lines of each range, as many as may be handed over."""
        return await asyncio.to_thread(self._read, ranges, bytes_max, False)

    async def read_latest(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        """The last line of each range."""
        return await asyncio.to_thread(self._read, ranges, bytes_max, True)

    async def heads(self, keys: Sequence[SubjectKey]) -> list[int]:
        """How many lines each file has."""
        return await asyncio.to_thread(lambda: [len(self._lines(key.subject)) for key in keys])

    async def positions_at(self, keys: Sequence[SubjectKey], at_us: int) -> list[int]:
        """Lines do not say when they were written: all of them count as later."""
        return [0] * len(keys)

    async def changed(self, mark: bytes, limit: int) -> Heads:
        """Files written to since a mark: [when the next look begins, when this one does, the last file told]."""
        now_ns = time.time_ns() - OVERLAP_NS
        try:
            next_ns, since_ns, after = json.loads(mark)
        except (ValueError, TypeError):
            return Heads([], json.dumps([now_ns, now_ns, ""]).encode(), is_end=True)
        if not after:  # a look begins: the one after it goes on from here
            next_ns = now_ns
        page = await asyncio.to_thread(self._page, after, since_ns, limit)
        is_end = len(page) < limit
        following = [next_ns, next_ns, ""] if is_end else [next_ns, since_ns, page[-1].subject]
        return Heads(page, json.dumps(following).encode(), is_end)

    async def scan(self, mark: bytes, limit: int) -> Heads:
        """All files by name; a mark is the last one told."""
        page = await asyncio.to_thread(self._page, mark.decode(errors="replace"), 0, limit)
        is_end = len(page) < limit
        return Heads(page, b"" if is_end else page[-1].subject.encode(), is_end)

    def _read(self, ranges: Sequence[SubjectRange], bytes_max: int, only_latest: bool) -> list[RangeRead]:
        answers = []
        size_bytes = 0
        for each in ranges:
            lines = self._lines(each.key.subject)
            last = min(each.upto, len(lines))
            first = max(each.after + 1, last) if only_latest else each.after + 1
            events: list[StoredEvent] = []
            for sequence in range(first, last + 1):
                if len(events) == each.events_max or (size_bytes and size_bytes >= bytes_max):
                    break
                data = lines[sequence - 1]
                size_bytes += len(data)
                events.append(_event(each.key, sequence, data))
            is_whole = len(events) == max(0, last + 1 - first)
            reached = last if is_whole else (events[-1].sequence if events else each.after)
            answers.append(RangeRead(events, max(each.after, reached)))
        return answers

    def _page(self, after: str, since_ns: int, limit: int) -> list[SubjectHead]:
        try:
            found = sorted((path.stem, path.stat().st_mtime_ns) for path in self._folder.glob(f"*{SUFFIX}"))
        except OSError as error:
            raise Unavailable(f"{self._folder} cannot be looked at: {error}") from error
        names = [name for name, modified_ns in found if name > after and modified_ns >= since_ns][:limit]
        return [SubjectHead(name, hash_of_subject(name), len(self._lines(name)), 0, 0) for name in names]

    def _lines(self, subject: str) -> list[bytes]:
        if "/" in subject or "\x00" in subject:  # a ping may name anything: no way out of the folder
            return []
        try:
            *whole, _unfinished = (self._folder / (subject + SUFFIX)).read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise Unavailable(f"{subject}{SUFFIX} cannot be read: {error}") from error
        return whole


def _event(key: SubjectKey, sequence: int, line: bytes) -> StoredEvent:
    return StoredEvent(key.subject, key.subject_hash, sequence, 0, "line", line, content_type="text/plain")
