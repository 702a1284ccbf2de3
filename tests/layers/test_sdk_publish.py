"""Publishing as users of the SDK do it, against a frontend that loses answers and refuses as told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock import App, Event, InvalidInput, PublishStopped, SequenceConflict, Unavailable
from penstock.model.limits import BATCH_ROWS_MAX, EVENT_BYTES_MAX
from penstock.wire.v1 import penstock_pb2 as pb
from tests.layers.sdk_fixtures import Time, connection_of, time_fixture  # noqa: F401 - found by name
from tests.layers.sdk_frontend import FakeFrontend, lose_answer, refuse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


class Journal(FakeFrontend):
    """Numbers events from 1 on; an event of the type `bad` refuses its call, `late` is not where it was expected."""

    def __init__(self) -> None:
        self.publications: list[pb.PublishRequest] = []
        self.kept: list[tuple[str, bytes]] = []
        self.answers: dict[bytes, pb.PublishReply] = {}
        super().__init__()

    def Publish(self, request: pb.PublishRequest, context: grpc.ServicerContext) -> pb.PublishReply:  # noqa: N802 - as on the wire
        with self.changed:
            self.publications.append(request)
            self.changed.notify_all()
        self.open.wait(60)
        for kind in [kind for group in request.groups for kind in group.types]:
            if kind == "bad":
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, "groups[0].types[0]: 'bad' is bad")
            if kind == "late":
                sentence = "groups[0].expected[0]: subject 'a' has reached sequence 17, and 3 was expected; nothing"
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, sentence)
        with self.changed:
            reply = self.answers.get(request.request_token) or self._keep(request)
            self.answers[request.request_token] = reply
            after = self.after.pop(0) if self.after else None
        if after:
            after(request, context)
        return reply

    def _keep(self, request: pb.PublishRequest) -> pb.PublishReply:
        reply = pb.PublishReply()
        for group in request.groups:
            for data in group.data:
                self.kept.append((group.stream, data))
                reply.sequences.append(len(self.kept))
        return reply


@pytest.fixture(name="journal")
def journal_fixture() -> Iterator[Journal]:
    fake = Journal()
    yield fake
    fake.stop()


@pytest.fixture(name="app")
def app_fixture(journal: Journal, time: Time) -> Iterator[App]:
    made = App("disk", address=journal.address)
    connection_of(made)._surroundings = time.surroundings()
    yield made
    made.close()


@dataclass
class Change:
    path: PurePosixPath
    size: int


async def test_an_event_travels_with_all_that_was_said(app: App, journal: Journal) -> None:
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    sequence = await app.publish(
        "files",
        subject="a.txt",
        type="file.changed",
        data=Change(PurePosixPath("a.txt"), 7),
        id="7",
        time=at,
        extensions={"region": "eu"},
        expected=0,
    )
    assert sequence == 1
    (request,) = journal.publications
    assert len(request.request_token) == 16
    assert request.namespace == "default"
    assert request.groups[0] == pb.EventGroup(
        stream="files",
        data=[b'{"path":"a.txt","size":7}'],
        subjects=["a.txt"],
        types=["file.changed"],
        sources=["disk"],
        ids=["7"],
        times_us=[round(at.timestamp() * 1_000_000)],
        extensions=[pb.EventExtensions(attributes={"region": "eu"})],
        expected=[0],
    )


async def test_what_is_left_out_does_not_travel(app: App, journal: Journal) -> None:
    await app.publish("files", subject="a", type="t")
    assert journal.publications[0].groups[0] == pb.EventGroup(
        stream="files", data=[b""], subjects=["a"], types=["t"], sources=["disk"]
    )


def test_without_a_loop_it_is_the_same(app: App, journal: Journal) -> None:
    assert app.publish_sync("files", subject="a", type="t", data=b"\x00", content_type="image/png") == 1
    assert app.publish_many_sync([Event("files", "a", "t", n, source="other") for n in range(3)]) == [2, 3, 4]
    assert [data for _, data in journal.kept] == [b"\x00", b"0", b"1", b"2"]
    assert journal.publications[1].groups[0].sources == ["other"]


async def test_events_at_once_share_requests(app: App, journal: Journal) -> None:
    journal.open.clear()
    waiting = [asyncio.ensure_future(app.publish("files", subject="a", type="t", data=n)) for n in range(50)]
    await asyncio.get_running_loop().run_in_executor(None, journal.wait_for, lambda: len(journal.publications) == 4)
    journal.open.set()
    sequences = await asyncio.gather(*waiting)
    assert len(set(sequences)) == 50
    assert len(journal.publications) < 10
    for n, sequence in enumerate(sequences):
        assert journal.kept[sequence - 1] == ("files", b"%d" % n)


async def test_a_bad_one_among_many_at_once_refuses_no_other(app: App, journal: Journal) -> None:
    journal.open.clear()
    kinds = ["bad" if n == 17 else "late" if n == 23 else "t" for n in range(40)]
    waiting = [asyncio.ensure_future(app.publish("files", subject="a", type=kind)) for kind in kinds]
    await asyncio.get_running_loop().run_in_executor(None, journal.wait_for, lambda: len(journal.publications) == 4)
    journal.open.set()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    wrong = {n: outcome for n, outcome in enumerate(outcomes) if isinstance(outcome, Exception)}
    assert {n: type(error) for n, error in wrong.items()} == {17: InvalidInput, 23: SequenceConflict}
    assert str(wrong[17]) == "type: 'bad' is bad", "in the words of who wrote it"
    assert len(journal.kept) == 38


async def test_a_conflict_names_the_head(app: App) -> None:
    with pytest.raises(SequenceConflict, match="has reached sequence 17, and 3 was expected") as refused:
        await app.publish("files", subject="a", type="late", expected=3)
    assert refused.value.head == 17


async def test_a_lost_answer_stores_nothing_twice(app: App, journal: Journal) -> None:
    journal.after.append(lose_answer)
    assert await app.publish("files", subject="a", type="t") == 1
    first, second = journal.publications
    assert first == second
    assert len(journal.kept) == 1


async def test_many_go_in_order_a_thousand_a_request(app: App, journal: Journal) -> None:
    async def changes() -> AsyncIterator[Event]:
        for n in range(2 * BATCH_ROWS_MAX + 5):
            yield Event("files" if n % 3 else "orders", f"s{n % 7}", "t", n)

    sequences = await app.publish_many(changes())
    assert [len(each.groups) for each in journal.publications] == [2, 2, 2]
    for n, sequence in enumerate(sequences):
        assert journal.kept[sequence - 1] == ("files" if n % 3 else "orders", b"%d" % n)
    for stream in ("files", "orders"):
        numbers = [int(data) for of, data in journal.kept if of == stream]
        assert numbers == sorted(numbers)


async def test_large_ones_are_cut_by_bytes(app: App, journal: Journal) -> None:
    large = Event("files", "a", "t", b"x" * EVENT_BYTES_MAX, content_type="a/b")
    assert await app.publish_many([large] * 8) == list(range(1, 9))
    assert [len(each.groups[0].data) for each in journal.publications] == [3, 3, 2]


async def test_what_stops_many_says_how_far_it_came(app: App, journal: Journal) -> None:
    events = [Event("files", "a", "bad" if n == 1_500 else "t", n) for n in range(3 * BATCH_ROWS_MAX)]
    with pytest.raises(PublishStopped, match="1000 events are stored; then, from position 1000 on") as stopped:
        await app.publish_many(events)
    assert (len(stopped.value.sequences), stopped.value.position) == (1_000, 1_000)
    assert isinstance(stopped.value.cause, InvalidInput)
    assert len(journal.kept) == 1_000
    with pytest.raises(InvalidInput, match="'bad' is bad"):
        await app.publish_many(events[1_500:])
    with pytest.raises(PublishStopped, match="from position 3 on: subject: is empty") as stopped:
        await app.publish_many([Event("files", "a" if n < 3 else "", "t") for n in range(5)])
    assert stopped.value.sequences == []
    with pytest.raises(TypeError, match="publish_many takes Events, not dict"):
        await app.publish_many([{}])  # type: ignore[list-item]
    assert await app.publish_many([]) == []


async def test_a_platform_that_is_not_there(app: App, journal: Journal) -> None:
    journal.after += [refuse(grpc.StatusCode.UNAVAILABLE, "no")] * 1_000
    with pytest.raises(Unavailable, match="within 30 s"):
        await app.publish("files", subject="a", type="t")


HOLDS_ITSELF: list[Any] = []
HOLDS_ITSELF.append(HOLDS_ITSELF)
WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"stream": "Files"}, InvalidInput, "stream: 'Files' is not a name"),
    ({"subject": ""}, InvalidInput, "subject: is empty"),
    ({"type": ""}, InvalidInput, "type: is empty"),
    ({"subject": 7}, InvalidInput, "subject: 7 is not text"),
    ({"data": b"x"}, InvalidInput, "content_type: is missing: data of bytes needs one"),
    ({"data": "x", "content_type": "text/plain"}, InvalidInput, "data: is a str; data of the type text/plain must be"),
    ({"data": object()}, TypeError, "data: a value of type object cannot be written as JSON"),
    ({"data": [1.0, float("nan")]}, InvalidInput, r"data: holds nan at \[1\], which JSON cannot carry"),
    ({"data": float("inf")}, InvalidInput, "data: holds inf at its top"),
    ({"data": HOLDS_ITSELF}, InvalidInput, "data: is nested too deeply, or holds itself"),
    ({"data": "x" * EVENT_BYTES_MAX}, InvalidInput, "data: has 262146 bytes; the limit is 262144"),
    ({"time": datetime(2026, 3, 1)}, InvalidInput, "time: 2026-03-01 00:00:00 has no timezone"),  # noqa: DTZ001 - that is the point
    ({"extensions": {"Region": "eu"}}, InvalidInput, "extensions: 'Region' is not the name of one"),
    ({"expected": -1}, InvalidInput, "expected: -1 is no sequence"),
    ({"expected": True}, InvalidInput, "expected: True is no sequence"),
    ({"expected": 2**63}, InvalidInput, "expected: 9223372036854775808 is no sequence"),
    ({"content_type": "json"}, InvalidInput, "content_type: 'json' is no media type"),
]


@pytest.mark.parametrize(("fields", "error", "sentence"), WRONG, ids=[sentence[:40] for _, _, sentence in WRONG])
async def test_what_is_no_event_is_refused_where_it_is_written(
    app: App, journal: Journal, fields: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    wanted: dict[str, Any] = {"stream": "files", "subject": "a", "type": "t"} | fields
    publish: Callable[..., Any] = app.publish
    with pytest.raises(error, match=sentence):
        await publish(wanted.pop("stream"), **wanted)
    assert not journal.publications
