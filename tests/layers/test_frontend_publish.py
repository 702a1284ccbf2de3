"""The desk of publishers: what is refused stores nothing, what is answered stands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from penstock.adapters.memory import LoopStoreTime, MemoryCluster, MemorySignals, MemoryStore, SignalBus
from penstock.frontend.event_calls import EventGroup, PublishAnswer, PublishCall, ReadCall
from penstock.frontend.journal_pump import JournalPump, PumpLimits
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.publish import PublishDesk
from penstock.frontend.stream_book import StreamBook
from penstock.frontend.streams import StreamDesk
from penstock.model.errors import InvalidInput, LimitExceeded, NotFound, Overloaded, SequenceConflict, Unavailable
from penstock.model.event import hash_of_subject
from penstock.model.limits import BATCH_BYTES_MAX, EVENT_BYTES_MAX, PUBLISH_EVENTS_MAX
from penstock.testing.virtual_loop import run_virtual
from tests.layers.scheduler_bench import Trips

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from penstock.ports.journal import AppendReply, AppendRequest

TOKEN = b"t" * 16


class Watched:
    """The journal in memory, and every trip that went to it."""

    def __init__(self, store: MemoryStore) -> None:
        self._journal = store.journal
        self.trips: list[Sequence[AppendRequest]] = []
        self.refuses = b""
        """data that the store refuses for its content, as one that knows more than the door"""

    async def append(self, requests: Sequence[AppendRequest]) -> list[AppendReply]:
        self.trips.append(requests)
        if self.refuses and any(event.data == self.refuses for request in requests for event in request.events):
            raise InvalidInput("request", "the store cannot keep it")
        return await self._journal.append(requests)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)


class Bench:
    def __init__(self, limits: PumpLimits | None = None) -> None:
        self.trips = Trips()
        self.cluster = MemoryCluster(LoopStoreTime())
        self.store = MemoryStore(self.cluster, self.trips)
        self.journal = Watched(self.store)
        names = LambdaBook(self.store.registry, MemorySignals(SignalBus()))
        book = StreamBook(self.store.streams, names, [("default", "elsewhere")])
        self.desk = PublishDesk(JournalPump(self.journal, limits), book, 3600)
        self.streams = StreamDesk(self.store.streams, self.journal, names, book, b"k" * 16)

    async def publish(self, *data: bytes, token: bytes = b"", namespace: str = "", **columns: Any) -> PublishAnswer:
        group = EventGroup(**({"stream": "files", "data": list(data), "subjects": ["a"], "types": ["t"]} | columns))
        return await self.desk.publish(PublishCall(namespace, [group], token))

    async def read(self, **fields: Any) -> list[bytes]:
        page = await self.streams.read(ReadCall("", **({"stream": "files", "subject": "a"} | fields)))
        return [event.data for event in page.events]


def bench_test(body: Callable[[Bench], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def run() -> None:
        async def scene() -> None:
            await body(Bench())

        run_virtual(scene(), seed=1)

    run.__name__, run.__doc__ = body.__name__, body.__doc__
    return run


@bench_test
async def test_what_is_published_is_read(bench: Bench) -> None:
    answer = await bench.publish(
        b"1",
        b"x",
        ids=["1", ""],
        sources=["disk"],
        times_us=[7, 0],
        content_types=["", "text/plain"],
        extensions=[{"region": "eu"}],
    )
    page = await bench.streams.read(ReadCall("", "files", "a"))
    assert [event.sequence for event in page.events] == answer.sequences
    assert page.head == answer.sequences[-1]
    first, second = page.events
    assert (first.id, first.source, first.time_us, first.content_type) == ("1", "disk", 7, "application/json")
    assert first.extensions == second.extensions == {"region": "eu"}
    assert (second.id, second.time_us) == (
        f"files/{hash_of_subject('a').hex()}/{second.sequence}",
        second.appended_at_us,
    )
    assert second.content_type == "text/plain"


@bench_test
async def test_a_call_can_be_repeated_and_its_token_is_its_own(bench: Bench) -> None:
    first = await bench.publish(b"1", b"2", token=TOKEN)
    assert await bench.publish(b"1", b"2", token=TOKEN) == first
    with pytest.raises(InvalidInput, match="request_token: was used before"):
        await bench.publish(b"1", b"3", token=TOKEN)
    assert await bench.read() == [b"1", b"2"]


@bench_test
async def test_a_call_whose_answer_was_lost_is_stored_once(bench: Bench) -> None:
    await bench.publish(b"0")
    bench.trips.after["journal.append"] = Unavailable("the answer was lost")
    with pytest.raises(Unavailable):
        await bench.publish(b"1", token=TOKEN)
    del bench.trips.after["journal.append"]
    await bench.publish(b"1", token=TOKEN)
    assert await bench.read() == [b"0", b"1"]


@bench_test
async def test_a_known_source_and_id_is_answered_with_the_first_ones_sequence(bench: Bench) -> None:
    first = await bench.publish(b"1", ids=["x"])
    again = await bench.publish(b"2", b"3", ids=["x", "y"])
    assert (again.sequences[0], again.existing) == (first.sequences[0], [0])
    other = await bench.publish(b"4", ids=["x"], sources=["disk"])
    assert other.existing == []
    own = await bench.publish(b"5", ids=["x"], sources=["/streams/files"])
    assert own.existing == [0], "an event without a source is its stream's own"


@bench_test
async def test_who_expects_another_sequence_is_told_the_head_and_stores_nothing(bench: Bench) -> None:
    (first,) = (await bench.publish(b"1", expected=[0])).sequences
    with pytest.raises(SequenceConflict, match=r"groups\[0\].expected\[1\]: subject 'a' has reached") as refused:
        await bench.publish(b"2", b"3", subjects=["b", "a"], expected=[-1, 0])
    assert refused.value.head == first
    assert f"has reached sequence {first}, and 0 was expected" in str(refused.value)
    with pytest.raises(SequenceConflict, match="has reached sequence 0, so has no event") as refused:
        await bench.publish(b"2", subjects=["new"], expected=[5])
    assert refused.value.head == 0
    assert (await bench.publish(b"2", b"3", expected=[first, first + 1])).sequences == [first + 1, first + 2]
    assert await bench.read(subject="b") == []


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"stream": "Files"}, "groups[0].stream: 'Files' is not a name"),
    ({"subjects": ["a", "b", ""]}, "groups[0].subjects[2]: is empty"),
    ({"subjects": []}, "groups[0].subjects[0]: is empty"),
    ({"subjects": ["a", "b"]}, "groups[0].subjects: has 2 entries for 3 events"),
    ({"subjects": ["a", "x" * 1025, "c"]}, "groups[0].subjects[1]: has 1025 bytes"),
    ({"types": []}, "groups[0].types[0]: is empty"),
    ({"types": ["a", "b", "\x00"]}, "groups[0].types[2]: holds a NUL"),
    ({"sources": ["x" * 1025]}, "groups[0].sources[0]: has 1025 bytes"),
    ({"ids": ["same"]}, "groups[0].ids: has one entry for 3 events"),
    ({"ids": ["1", "2", "x" * 1025]}, "groups[0].ids[2]: has 1025 bytes"),
    ({"times_us": [-1]}, "groups[0].times_us[0]: -1 us since 1970"),
    ({"content_types": ["", "", "json"]}, "groups[0].content_types[2]: 'json' is no media type"),
    ({"extensions": [{}, {"id": "x"}, {}]}, "groups[0].extensions[1]: 'id' is an attribute of every event"),
    ({"extensions": [{"region": "x" * 1025}]}, "groups[0].extensions[0]['region']: has 1025 bytes"),
    ({"expected": [0, -2, 0]}, "groups[0].expected[1]: -2 is no sequence"),
    ({"data": [b"1", b"{", b"3"]}, "groups[0].data[1]: is not JSON: truncated"),
    ({"data": [b"1", b"NaN", b"3"]}, "groups[0].data[1]: is not JSON"),
    ({"data": [b"1", b"\xff", b"3"]}, "groups[0].data[1]: is not"),
    ({"data": [b"1", b"[" * 100 + b"]" * 100, b"3"]}, "groups[0].data[1]: nests deeper than 64 levels"),
    ({"data": [b"x" * (EVENT_BYTES_MAX + 1)], "content_types": ["a/b"]}, "groups[0].data[0]: has 262145 bytes"),
    ({"data": [b"1"] * (PUBLISH_EVENTS_MAX + 1)}, "groups: hold 1001 events"),
    ({"data": [b"x" * EVENT_BYTES_MAX] * 5, "content_types": ["a/b"]}, f"the limit of a call is {BATCH_BYTES_MAX}"),
    ({"token": b"short"}, "request_token: has 5 bytes"),
    ({"namespace": "Red"}, "namespace: 'Red' is not a name"),
]


@pytest.mark.parametrize(("columns", "sentence"), WRONG, ids=[sentence[:40] for _, sentence in WRONG])
def test_one_wrong_event_refuses_its_call_with_its_place(columns: dict[str, Any], sentence: str) -> None:
    async def scene() -> None:
        bench = Bench()
        good: dict[str, Any] = {"data": [b"1", b"2", b"3"], "subjects": ["a"], "types": ["t"]}
        wanted = good | columns
        with pytest.raises(InvalidInput) as refused:
            await bench.publish(*wanted.pop("data"), **wanted)
        assert sentence in str(refused.value)
        assert not bench.journal.trips
        assert not bench.cluster.streams, "a refused call makes no stream"
        assert not bench.cluster.namespaces

    run_virtual(scene(), seed=1)


@bench_test
async def test_an_empty_call_is_nothing(bench: Bench) -> None:
    assert await bench.publish() == PublishAnswer([], [])
    assert await bench.desk.publish(PublishCall("", [])) == PublishAnswer([], [])
    empty, full = EventGroup("orders", []), EventGroup("files", [b"1"], ["a"], ["t"])
    assert len((await bench.desk.publish(PublishCall("", [empty, full]))).sequences) == 1
    assert [name for _, name in bench.cluster.streams] == ["files"]


@bench_test
async def test_data_that_is_no_json_is_any_bytes(bench: Bench) -> None:
    await bench.publish(bytes(range(256)), b"", b"", content_types=["a/b", "", "image/png"])
    assert await bench.read() == [bytes(range(256)), b"", b""]


@bench_test
async def test_calls_that_wait_go_together_and_keep_their_order(bench: Bench) -> None:
    await bench.publish(b"0")
    bench.journal.trips.clear()
    answers = await asyncio.gather(*(bench.publish(b"%d" % n) for n in range(1, 60)))
    assert len(bench.journal.trips) <= 3
    sequences = [answer.sequences[0] for answer in answers]
    assert sequences == sorted(sequences)
    assert await bench.read() == [b"%d" % n for n in range(60)]


@bench_test
async def test_what_the_store_refuses_stands_alone_at_the_end(bench: Bench) -> None:
    await bench.publish(b"0")
    bench.journal.refuses = b"13"
    answers = await asyncio.gather(*(bench.publish(b"%d" % n) for n in range(1, 40)), return_exceptions=True)
    assert [n for n, answer in enumerate(answers, 1) if isinstance(answer, InvalidInput)] == [13]
    assert sorted(await bench.read()) == sorted(b"%d" % n for n in range(40) if n != 13)


@bench_test
async def test_a_call_that_expects_something_refuses_no_other(bench: Bench) -> None:
    await bench.publish(b"0")
    calls = [bench.publish(b"%d" % n, expected=[7] if n == 3 else []) for n in range(1, 7)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [n for n, answer in enumerate(answers, 1) if isinstance(answer, SequenceConflict)] == [3]
    assert sum(1 for trip in bench.journal.trips if any(request.expects for request in trip)) == 1
    assert all(len(trip) == 1 for trip in bench.journal.trips if any(request.expects for request in trip))


def test_over_what_may_wait_new_calls_are_refused() -> None:
    async def scene() -> None:
        bench = Bench(PumpLimits(rows_max=10))
        await bench.publish(b"0")
        answers = await asyncio.gather(*(bench.publish(*[b"1"] * 4) for _ in range(5)), return_exceptions=True)
        assert sum(isinstance(answer, Overloaded) for answer in answers) == 3
        assert len(await bench.read()) == 9
        await bench.publish(*[b"2"] * 100)

    run_virtual(scene(), seed=1)


@bench_test
async def test_a_caller_that_goes_away_leaves_its_room(bench: Bench) -> None:
    await bench.publish(b"0")
    gone = asyncio.ensure_future(bench.publish(b"1"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await bench.publish(b"2")
    assert (await bench.read())[-1] == b"2"


@bench_test
async def test_streams_are_listed_and_set(bench: Bench) -> None:
    for name in ("a", "b", "c"):
        await bench.publish(b"1", b"2", stream=name)
    first = await bench.streams.list_streams("", "", 2, "")
    assert [(each.stream.name, each.subjects, each.events) for each in first.streams] == [("a", 1, 2), ("b", 1, 2)]
    second = await bench.streams.list_streams("", "", 2, first.next_page_token)
    assert [each.stream.name for each in second.streams] == ["c"]
    assert second.next_page_token == ""
    assert (await bench.streams.set_stream("", "d", 7200.0)).keep_s == 7200.0
    (only,) = (await bench.streams.list_streams("", "d", 0, "")).streams
    assert (only.stream.keep_s, only.events) == (7200.0, 0)
    with pytest.raises(NotFound, match="no stream 'e'"):
        await bench.streams.list_streams("", "e", 0, "")
    with pytest.raises(InvalidInput, match="page_token"):
        await bench.streams.list_streams("", "", 2, "x" + first.next_page_token)
    with pytest.raises(InvalidInput, match="1 hour to 3660 days"):
        await bench.streams.set_stream("", "d", 5.0)
    with pytest.raises(LimitExceeded):
        await bench.streams.list_streams("", "", 51, "")


@bench_test
async def test_a_whole_stream_is_read_page_by_page_the_latest_first(bench: Bench) -> None:
    for n in range(7):
        await bench.publish(b"%d" % n, subjects=[f"s{n % 3}"])
        await asyncio.sleep(1)
    seen: list[bytes] = []
    token, pages = "", 0
    while token or not pages:
        page = await bench.streams.read(ReadCall("", "files", page_size=3, page_token=token))
        seen += [event.data for event in page.events]
        token, pages = page.next_page_token, pages + 1
    assert (seen, pages) == ([b"%d" % n for n in reversed(range(7))], 3)
    for call, problem in (
        (ReadCall("", "files", page_token="nonsense"), "page_token"),
        (ReadCall("", "files", "s0", page_token="nonsense"), "page_token: goes with a whole stream"),
        (ReadCall("", "files", after=5), "after: is a sequence"),
        (ReadCall("", "files", "a", after=-1), "after: -1 is no sequence"),
        (ReadCall("", "files", "x" * 1025), "subject: has 1025 bytes"),
        (ReadCall("", "Files"), "stream: 'Files' is not a name"),
    ):
        with pytest.raises(InvalidInput, match=problem):
            await bench.streams.read(call)
    with pytest.raises(NotFound):
        await bench.streams.read(ReadCall("", "orders"))


@bench_test
async def test_an_answer_is_bounded_by_bytes_and_misses_none(bench: Bench) -> None:
    for n in range(12):
        await bench.publish(bytes([n]) * EVENT_BYTES_MAX, content_types=["a/b"])
    seen: list[int] = []
    after = 0
    while page := (await bench.streams.read(ReadCall("", "files", "a", after))).events:
        assert len(page) <= 8
        seen += [event.data[0] for event in page]
        after = page[-1].sequence
    assert seen == list(range(12))


@bench_test
async def test_subjects_are_listed_page_by_page(bench: Bench) -> None:
    await bench.publish(*[b"1"] * 7, subjects=[f"s{n % 5}" for n in range(7)])
    seen: dict[str, int] = {}
    token, pages = "", 0
    while token or not pages:
        page = await bench.streams.list_subjects("", "files", 2, token)
        seen |= {head.subject: head.appended for head in page.subjects}
        token, pages = page.next_page_token, pages + 1
    assert seen == {"s0": 2, "s1": 2, "s2": 1, "s3": 1, "s4": 1}
    with pytest.raises(NotFound):
        await bench.streams.list_subjects("", "orders", 2, "")


@bench_test
async def test_namespaces_do_not_see_each_others_streams(bench: Bench) -> None:
    await bench.publish(b'"green"', namespace="green")
    await bench.publish(b'"blue"', namespace="blue")
    for name in ("green", "blue"):
        page = await bench.streams.read(ReadCall(name, "files"))
        assert [event.data.decode() for event in page.events] == [f'"{name}"']
    with pytest.raises(NotFound):
        await bench.streams.read(ReadCall("red", "files"))
    assert "red" not in bench.cluster.namespaces


@bench_test
async def test_what_stands_elsewhere_is_neither_shown_nor_kept_here(bench: Bench) -> None:
    for asked in (
        bench.streams.read(ReadCall("", "elsewhere")),
        bench.streams.list_subjects("", "elsewhere", 0, ""),
        bench.streams.set_stream("", "elsewhere", 7_200.0),
    ):
        with pytest.raises(InvalidInput, match="'elsewhere' has a source of its own"):
            await asked
