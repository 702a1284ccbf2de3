"""Streams: their numbers, their settings, and what stands in them."""

from collections.abc import Sequence
from typing import Protocol

from penstock.model.event import StreamId
from penstock.model.stream import Stream, StreamCount, SubjectHead
from penstock.model.stream_hold import NO_CHANGE, HoldChange


class Streams(Protocol):
    """Small; the numbers are cached by their callers, as a stream stands for ever."""

    async def resolve(self, namespace_id: int, names: Sequence[str]) -> dict[str, StreamId]:
        """Numbers by name; streams that nobody knew are made."""

    async def find(self, namespace_id: int, name: str) -> Stream | None:
        """One stream; None: nobody has made it."""

    async def keep(self, namespace_id: int, name: str, keep_s: float, hold: HoldChange = NO_CHANGE) -> Stream:
        """Set how long a stream keeps its events, 0: as the platform does, and what it does for cursors. A stream that
        nobody knew is made.
        """

    async def name_schema(self, namespace_id: int, name: str, subject: str) -> Stream:
        """Set whose schemas the data of its events are of, "" for nobody's. A stream that nobody knew is made."""

    async def schema_subjects(self) -> dict[tuple[int, str], str]:
        """<namespace, stream> -> the subject that it names, of all streams that name one."""

    async def page(self, namespace_id: int, after: str, limit: int) -> list[StreamCount]:
        """Streams whose names follow `after`, by name, with bounded counts."""

    async def count(self, namespace_id: int, name: str) -> StreamCount | None:
        """One stream with its counts; None: nobody has made it."""

    async def subjects(self, stream_id: StreamId, after: bytes, limit: int) -> Sequence[SubjectHead]:
        """Heads whose hashes follow `after`, in the order of their hashes."""
