"""Which streams name a subject of the schema registry, kept at hand: a Publish call asks nobody."""

import asyncio

from penstock.flow.fresh import keep_fresh
from penstock.model.errors import Unavailable
from penstock.ports.signals import Signals, Topic
from penstock.ports.streams import Streams

REFRESH_S = 5.0
"""the signal of a change may be lost"""


class StreamSchemaBook:
    """`run` keeps it fresh."""

    def __init__(self, streams: Streams, signals: Signals) -> None:
        self._streams = streams
        self._subjects: dict[tuple[int, str], str] | None = None
        self._changed = asyncio.Event()
        self._stop_listening = signals.listen(Topic.STREAMS, lambda _: self._changed.set())

    def subject_of(self, namespace_id: int, stream: str) -> str:
        """The subject that a stream names, "" for none. Raises `Unavailable` until they were read once: what has a
        schema is not taken without a look at it.
        """
        if self._subjects is None:
            raise Unavailable("it is not known yet which streams have schemas; try again")
        return self._subjects.get((namespace_id, stream), "")

    async def refresh(self) -> None:
        """Read all of them; raises `Unavailable`."""
        self._subjects = await self._streams.schema_subjects()

    async def run(self) -> None:
        """Refresh when one was changed, and now and then; until cancelled."""
        try:
            await keep_fresh("the schemas of streams", self.refresh, self._changed, REFRESH_S)
        finally:
            self._stop_listening()
