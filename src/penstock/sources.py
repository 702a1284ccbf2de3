"""What a source of events is made of, for those who write one; docs/sources.md is the guide.

    @asynccontextmanager
    async def open_source(name: str, options: Mapping[str, Any]) -> AsyncIterator[EventSource]:
        async with ... as connection:
            yield MySource(connection)

`penstock.testing.contracts` has the suites that it must pass: `exercise_event_source` for every source,
`exercise_event_history` for one that keeps each event, `exercise_event_times` for one that knows when each was visible.
"""

from penstock.model.errors import Unavailable
from penstock.model.event import StoredEvent, hash_of_subject
from penstock.model.stream import SubjectHead
from penstock.ports.event_source import EventSource, Heads, RangeRead, SubjectKey, SubjectRange

__all__ = [
    "EventSource",
    "Heads",
    "RangeRead",
    "StoredEvent",
    "SubjectHead",
    "SubjectKey",
    "SubjectRange",
    "Unavailable",
    "hash_of_subject",
]
