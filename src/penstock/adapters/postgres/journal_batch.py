"""Requests as the columns of one trip, and the answer of the trip as one reply a request. No I/O."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from penstock.adapters.postgres.codecs import column, even_column, microseconds
from penstock.model.event import ANY_SEQUENCE, NewEvent, StreamId
from penstock.model.limits import TOKEN_LIFE_S
from penstock.ports.journal import AppendReply, AppendRequest, Unmet

Key = tuple[StreamId, bytes]
"""A stream and the hash of a source and an id."""
_TOKEN_LIFE_US: Final = microseconds(TOKEN_LIFE_S)


class Subjects:
    """The subjects of a trip in the one order in which everybody locks them."""

    def __init__(self, events: Sequence[NewEvent | None], namespace_ids: Sequence[int]) -> None:
        counts: dict[tuple[int, bytes], int] = {}
        firsts: dict[tuple[int, bytes], tuple[NewEvent, int]] = {}
        for event, namespace_id in zip(events, namespace_ids, strict=True):
            if event is not None:
                place = (event.stream_id, event.subject_hash)
                if place in counts:
                    counts[place] += 1
                else:
                    counts[place] = 1
                    firsts[place] = (event, namespace_id)
        self.places = sorted(counts)
        self.number = {place: number for number, place in enumerate(self.places, 1)}
        self._counts, self._firsts = counts, firsts

    def columns(self) -> tuple[Any, ...]:
        """Stream, hash, count, namespace, bucket and text of each."""
        firsts = [self._firsts[place] for place in self.places]
        return (
            [place[0] for place in self.places],
            [place[1] for place in self.places],
            [self._counts[place] for place in self.places],
            [namespace_id for _, namespace_id in firsts],
            [event.bucket for event, _ in firsts],
            [event.subject for event, _ in firsts],
        )

    def following(self, events: Sequence[NewEvent | None], stood: Mapping[int, "Stood"]) -> tuple[list[int], list[int]]:
        """Of each event the number of its subject, and how many of the subject follow it.

        Of one that stood: 0 and its sequence, or what its first has, with the number below 0.
        """
        left = dict(self._counts)
        numbers: list[int] = []
        following: list[int] = []
        for position, event in enumerate(events):
            if event is None:
                first = stood[position]
                numbers.append(0 if first.sequence else -numbers[first.position])
                following.append(first.sequence or following[first.position])
            else:
                place = (event.stream_id, event.subject_hash)
                left[place] -= 1
                numbers.append(self.number[place])
                following.append(left[place])
        return numbers, following


class Stood(Struct, frozen=True):
    """The first event with a source and an id: its sequence, or, when it comes in the same trip, its position."""

    sequence: int = 0
    position: int = 0


class Batch(Struct, frozen=True):
    """The requests of one trip. `stood`: position among all events -> the event that stood already."""

    requests: Sequence[AppendRequest]
    stood: Mapping[int, Stood] = {}

    def arguments(self) -> tuple[Any, ...]:
        """What `journal_append` takes."""
        requests, stood = self.requests, self.stood
        events = [event for request in requests for event in request.events]
        namespace_ids = [request.namespace_id for request in requests for _ in request.events]
        fresh: list[NewEvent | None] = (
            [None if at in stood else e for at, e in enumerate(events)] if stood else [*events]
        )
        subjects = Subjects(fresh, namespace_ids)
        firsts, lasts = self._spans()
        return (
            [request.namespace_id for request in requests],
            [request.token for request in requests],
            [request.content_hash for request in requests],
            firsts,
            lasts,
            _TOKEN_LIFE_US,
            *subjects.columns(),
            *subjects.following(fresh, stood),
            [event.subject for event in events],
            even_column([event.type for event in events]),
            even_column([event.source for event in events]),
            [event.data for event in events],
            column([event.id for event in events]),
            _instants([event.time_us for event in events]),
            even_column([event.content_type for event in events]),
            column([event.extensions for event in events]),
        )

    def replies(self, sequences: Sequence[int]) -> list[AppendReply]:
        """One a request, out of the sequences of all events."""
        firsts, lasts = self._spans()
        return [answered(sequences[first - 1 : last]) for first, last in zip(firsts, lasts, strict=True)]

    def _spans(self) -> tuple[list[int], list[int]]:
        firsts, lasts, last = [], [], 0
        for request in self.requests:
            firsts.append(last + 1)
            last += len(request.events)
            lasts.append(last)
        return firsts, lasts


def answered(sequences: Sequence[int]) -> AppendReply:
    """The reply that was kept: the sequence of an event that stood already is below 0."""
    if min(sequences, default=0) >= 0:
        return AppendReply(list(sequences))
    return AppendReply([abs(each) for each in sequences], [at for at, each in enumerate(sequences) if each < 0])


def unmet(batch: Batch, heads: Sequence[int], appended: Sequence[int]) -> Unmet | None:
    """Where the only request of a batch expected another sequence than its subject had reached."""
    (request,) = batch.requests
    events: list[NewEvent | None] = [None if at in batch.stood else e for at, e in enumerate(request.events)]
    subjects = Subjects(events, [request.namespace_id] * len(events))
    numbers, following = subjects.following(events, batch.stood)
    before = dict(zip(subjects.places, _heads_before(subjects, heads, appended), strict=True))
    for position, event in enumerate(events):
        if event is None:
            continue
        place = (event.stream_id, event.subject_hash)
        if event.expected not in (ANY_SEQUENCE, before[place]):
            return Unmet(position, before[place])
        before[place] = heads[numbers[position] - 1] - following[position]
    return None


def _heads_before(subjects: Subjects, heads: Sequence[int], appended: Sequence[int]) -> list[int]:
    counts = subjects.columns()[2]
    return [head - count if count < ever else 0 for head, ever, count in zip(heads, appended, counts, strict=True)]


def _instants(times_us: list[int]) -> Sequence[int | None]:
    return [time_us or None for time_us in times_us] if any(times_us) else ()
