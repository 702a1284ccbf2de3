"""A stream of many subjects whose cursors have come as far as they, but for a few events that no ping told of."""

from collections.abc import Iterable, Iterator
from typing import Any

import asyncpg
from msgspec import Struct

from penstock.adapters.postgres.codecs import teach
from penstock.model.delivery import delivery_id
from penstock.model.event import StreamId, hash_of_subject
from penstock.model.identity import bucket_of_key
from penstock.model.lane import LambdaId, Priority, lane_of
from penstock.model.lifecycle import Status

UNTOLD_EACH = 1_000
"""of so many subjects one has an event that its subscription does not know of"""
ROWS_EACH = 50_000
"""of a copy"""
AGE_US = 7_200_000_000
"""all of it is so old that the recent loop does not look at it"""
HEAD = 1_000
TYPE = "bench.changed"
_HEADS = ("head", "appended", "appended_at", "stream_id", "namespace_id", "subject_hash", "bucket", "subject")
_ROWS = (
    *("id", "trigger_at", "namespace_id", "lane", "status", "collection", "cursor", "head", "heard", "since"),
    *("stream_id", "subject_hash", "subject"),
)
_EVENTS = (
    *("sequence", "appended_at", "stream_id", "namespace_id", "subject_hash", "bucket", "subject", "type", "data"),
)


class Place(Struct, frozen=True):
    """The one subscription that there is."""

    lambda_id: int
    namespace_id: int
    stream_id: int
    now_us: int


def untold_of(subjects: int) -> int:
    """How many events of so many subjects no ping told of."""
    return len(range(0, subjects, UNTOLD_EACH))


async def write_caught_up(dsn: str, subjects: int, first: int) -> None:
    """Heads and rows of the one subscription that there is. Events without a ping have numbers from `first` on."""
    connection = await asyncpg.connect(dsn)
    try:
        await teach(connection)
        place = Place(
            *await connection.fetchrow(
                "select lambda_id, namespace_id, stream_id, (extract(epoch from penstock.clock()) * 1000000)::bigint"
                " from penstock.subscription"
            )
        )
        for start in range(0, subjects, ROWS_EACH):
            await _write(connection, place, range(start, min(start + ROWS_EACH, subjects)), first)
        await connection.execute("checkpoint")
        await connection.execute("vacuum (freeze, analyze) penstock.subject_head, penstock.delivery, penstock.event")
    finally:
        await connection.close()


async def _write(connection: Any, place: Place, numbers: Iterable[int], first: int) -> None:
    """Subjects of these numbers: heads, rows and the events that were not told of."""
    at_us = place.now_us - AGE_US
    lane = lane_of(LambdaId(place.lambda_id), Priority.NORMAL)
    heads: list[Any] = []
    rows: list[Any] = []
    events: list[Any] = []
    for number, (subject, subject_hash, bucket) in zip(numbers, _subjects(numbers), strict=True):
        is_untold = number % UNTOLD_EACH == 0
        head = HEAD + is_untold
        row_id = delivery_id(LambdaId(place.lambda_id), StreamId(place.stream_id), subject_hash, bucket)
        heads.append((head, head, at_us, place.stream_id, place.namespace_id, subject_hash, bucket, subject))
        state = (at_us, place.namespace_id, lane, int(Status.IDLE), "", HEAD, HEAD, HEAD, at_us)
        rows.append((row_id, *state, place.stream_id, subject_hash, subject))
        if is_untold:
            data = str(first + number // UNTOLD_EACH).encode()
            whose = (place.stream_id, place.namespace_id, subject_hash, bucket, subject)
            events.append((head, at_us, *whose, TYPE, data))
    parts = (("subject_head", _HEADS, heads), ("delivery", _ROWS, rows), ("event", _EVENTS, events))
    for table, columns, records in parts:
        await connection.copy_records_to_table(table, records=records, columns=columns, schema_name="penstock")


def _subjects(numbers: Iterable[int]) -> Iterator[tuple[str, bytes, int]]:
    """Names that no other load has."""
    for subject in (f"refreshed-{number:07d}" for number in numbers):
        yield subject, hash_of_subject(subject), bucket_of_key(subject.encode())
