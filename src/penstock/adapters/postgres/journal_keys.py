"""Sources and ids that were given: each is stored once in its window."""

from collections.abc import Mapping, Sequence
from typing import Final

from penstock.adapters.postgres.journal_batch import Key, Stood
from penstock.adapters.postgres.pools import Connection
from penstock.adapters.postgres.statements import statement
from penstock.model.event import StreamId
from penstock.ports.journal import AppendRequest

_KNOWN: Final = statement("event_keys_known")
_NOTE: Final = statement("event_keys_note")


async def known_keys(connection: Connection, requests: Sequence[AppendRequest]) -> dict[Key, int]:
    """The sequences of those that are known."""
    keys = sorted({(event.stream_id, event.key) for request in requests for event in request.events if event.key})
    if not keys:
        return {}
    rows = await connection.fetch(_KNOWN, [stream_id for stream_id, _ in keys], [key for _, key in keys])
    return {(StreamId(row[0]), row[1]): row[2] for row in rows}


def who_stood(requests: Sequence[AppendRequest], known: Mapping[Key, int]) -> dict[int, Stood]:
    """Position among all events -> the first, for those whose source and id are known, or come a second time."""
    stood: dict[int, Stood] = {}
    seen: dict[Key, int] = {}
    events = [event for request in requests for event in request.events]
    for position, event in enumerate(events):
        key = (event.stream_id, event.key)
        if not event.key:
            continue
        if key in known:
            stood[position] = Stood(sequence=known[key])
        elif key in seen:
            stood[position] = Stood(position=seen[key])
        seen.setdefault(key, position)
    return stood


async def note_keys(connection: Connection, requests: Sequence[AppendRequest], sequences: Sequence[int]) -> bool:
    """Keep those of the events that were stored; False when somebody else kept one of them in between."""
    noted: dict[Key, tuple[int, int]] = {}
    position = 0
    for request in requests:
        for event in request.events:
            if event.key and sequences[position] > 0:
                noted[(event.stream_id, event.key)] = (sequences[position], request.id_window_s)
            position += 1
    if not noted:
        return True
    rows = await connection.fetch(
        _NOTE,
        [stream_id for stream_id, _ in noted],
        [key for _, key in noted],
        [sequence for sequence, _ in noted.values()],
        [window_s for _, window_s in noted.values()],
    )
    return len(rows) == len(noted)
