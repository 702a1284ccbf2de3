"""Sources against cursors, a page at a time."""

from collections.abc import Sequence

from penstock.model.event import StreamId
from penstock.model.lag import Lag, Questions, lags_of, questions_of
from penstock.model.refresh import Behind
from penstock.model.stream import SubjectHead
from penstock.model.subscription import START_AT_THE_BEGINNING, Subscription
from penstock.ports.cursors import Cursors
from penstock.ports.event_source import SubjectKey
from penstock.ports.source_book import SourceBook


class SourcesAgainstCursors:
    """`CursorCheck`. Whoever stands behind is asked for in one trip; where rows are missing, their source tells where
    they would begin.
    """

    def __init__(self, cursors: Cursors, sources: SourceBook) -> None:
        self._cursors = cursors
        self._sources = sources

    async def compare(
        self, stream_id: StreamId, heads: Sequence[SubjectHead], subscriptions: Sequence[Subscription]
    ) -> list[Lag]:
        """What these subscriptions have not completed."""
        if not heads or not subscriptions:
            return []
        asked = questions_of(stream_id, heads, subscriptions)
        rows = await self._cursors.behind(asked.ids, asked.sequences)
        starts = await self._starts(stream_id, asked, [row for row in rows if row.is_missing])
        return list(lags_of(asked, [(row, starts.get(row.number, row.cursor)) for row in rows]))

    async def _starts(self, stream_id: StreamId, asked: Questions, missing: Sequence[Behind]) -> dict[int, int]:
        """Where the missing ones would begin."""
        starts: dict[int, int] = {}
        later: dict[int, list[Behind]] = {}
        for row in missing:
            at_us = asked.place(row.number)[1].spec.start_at_us
            if at_us == START_AT_THE_BEGINNING:
                starts[row.number] = 0
            else:
                later.setdefault(at_us, []).append(row)
        for at_us, rows in later.items():
            subjects = [asked.place(row.number)[0] for row in rows]
            keys = [SubjectKey(each.subject, each.subject_hash) for each in subjects]
            positions = await self._sources.source_of(stream_id).positions_at(keys, at_us)
            starts.update(zip([row.number for row in rows], positions, strict=True))
        return starts
