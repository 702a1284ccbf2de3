# ruff: noqa: D103 - the name of an idea is its sentence
"""Pings reach somebody, coalesced; what waits is kept; and an engine that is down hurts nobody."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from penstock.model.event import StreamId
from penstock.model.event_rules import SEQUENCE_MAX
from penstock.model.limits import SUBJECT_BYTES_MAX
from penstock.ports.pings import Ping, PingQueue
from penstock.testing.contracts.queue_scene import until
from penstock.testing.contracts.suite import Suite

FILES, ORDERS = StreamId(1), StreamId(2)


class PingsUnderTest(ABC):
    """An engine without any ping, up and ready."""

    ack_wait_s: float
    """the acknowledgement time its clients are opened with; in real time keep it short, but over 0.5"""

    @abstractmethod
    async def client(self) -> PingQueue:
        """One more client, started and connected: what it publishes now arrives."""

    @abstractmethod
    async def holds(self) -> bool:
        """Whether a ping is in the engine, waiting or in hand."""

    @abstractmethod
    async def stop_engine(self) -> None:
        """The engine is down when it returns."""

    @abstractmethod
    async def start_engine(self) -> None:
        """It starts again. Clients come back by themselves."""


async def set_up(under_test: PingsUnderTest) -> PingsUnderTest:
    """Nothing to prepare."""
    return under_test


PINGS: Suite[PingsUnderTest, PingsUnderTest] = Suite("pings", set_up)


class Ear:
    """A listener and what it heard: for each stream and subject, every sequence."""

    def __init__(self, queue: PingQueue) -> None:
        self.heard: dict[tuple[StreamId, str], list[int]] = {}
        self.batches = 0
        self.stop = queue.listen(self._hear)

    async def has(self, *pings: Ping) -> None:
        """Waits until it has heard all of these."""

        async def is_so() -> bool:
            return all(ping.sequence in self.heard.get((ping.stream_id, ping.subject), ()) for ping in pings)

        await until(is_so)

    async def _hear(self, pings: Sequence[Ping]) -> None:
        assert pings
        self.batches += 1
        assert len({(ping.stream_id, ping.subject) for ping in pings}) == len(pings)
        for ping in pings:
            self.heard.setdefault((ping.stream_id, ping.subject), []).append(ping.sequence)


class Failing:
    """A listener that does not take the first batches."""

    def __init__(self, queue: PingQueue, failures: int) -> None:
        self.handed: list[Sequence[Ping]] = []
        self._failures = failures
        self.stop = queue.listen(self._hear)

    async def _hear(self, pings: Sequence[Ping]) -> None:
        self.handed.append(pings)
        if len(self.handed) <= self._failures:
            raise RuntimeError("not taken, as the test wants it")


class Hanging:
    """A listener that never comes to an end with its first batch."""

    def __init__(self, queue: PingQueue) -> None:
        self.began = asyncio.Event()
        self.stop = queue.listen(self._hear)

    async def _hear(self, _pings: Sequence[Ping]) -> None:
        self.began.set()
        await asyncio.Event().wait()


@PINGS.idea
async def a_ping_arrives_with_all_it_carries(engine: PingsUnderTest) -> None:
    queue = await engine.client()
    ear = Ear(queue)
    sent = [
        Ping(FILES, "a", 1),
        Ping(FILES, " \n*>.\x00 ", SEQUENCE_MAX),
        Ping(StreamId(2**31 - 1), "ä" * (SUBJECT_BYTES_MAX // 2), 1_763_500_000_000_000),
        Ping(FILES, "\N{SNOWMAN}\N{RAT}", 2),
    ]
    queue.publish(sent)
    await ear.has(*sent)


@PINGS.idea
async def pings_of_a_subject_that_meet_are_one(engine: PingsUnderTest) -> None:
    queue = await engine.client()
    ear = Ear(queue)
    queue.publish([Ping(FILES, "a", 3), Ping(FILES, "a", 7), Ping(ORDERS, "a", 4), Ping(FILES, "a", 5)])
    await ear.has(Ping(FILES, "a", 7), Ping(ORDERS, "a", 4))
    assert ear.heard == {(FILES, "a"): [7], (ORDERS, "a"): [4]}


@PINGS.idea
async def what_waits_comes_to_who_listens_later(engine: PingsUnderTest) -> None:
    sender, receiver = await engine.client(), await engine.client()
    sent = [Ping(FILES, f"s{number}", number + 1) for number in range(20)]
    for ping in sent:
        sender.publish([ping])
    await until(engine.holds)
    await Ear(receiver).has(*sent)
    await _nothing_is_left(engine)


@PINGS.idea
async def thousands_arrive(engine: PingsUnderTest) -> None:
    queue = await engine.client()
    ear = Ear(queue)
    sent = [Ping(FILES, f"{number}/{'x' * 200}", number + 1) for number in range(3_000)]
    queue.publish(sent)
    await ear.has(*sent)
    assert ear.batches < 300, "pings that were published together travel together"


@PINGS.idea
async def listeners_share_what_comes(engine: PingsUnderTest) -> None:
    sender = await engine.client()
    ears = [Ear(await engine.client()) for _ in range(3)]
    sent = [Ping(FILES, f"s{number}", number + 1) for number in range(200)]
    for ping in sent:
        sender.publish([ping])
        await asyncio.sleep(0)

    async def all_are_heard() -> bool:
        heard = {place for ear in ears for place in ear.heard}
        return heard == {(ping.stream_id, ping.subject) for ping in sent}

    await until(all_are_heard)
    await _nothing_is_left(engine)


@PINGS.idea
async def what_was_not_taken_comes_again(engine: PingsUnderTest) -> None:
    queue = await engine.client()
    failing = Failing(queue, failures=1)
    queue.publish([Ping(FILES, "a", 1), Ping(FILES, "b", 2)])
    await _nothing_is_left(engine, lambda: len(failing.handed) >= 2)
    handed = {(ping.subject, ping.sequence) for batch in failing.handed[1:] for ping in batch}
    assert handed == {("a", 1), ("b", 2)}


@PINGS.idea
async def what_is_not_settled_in_time_comes_to_another(engine: PingsUnderTest) -> None:
    sender, slow, quick = await engine.client(), await engine.client(), await engine.client()
    hanging = Hanging(slow)
    sender.publish([Ping(FILES, "a", 1)])
    await asyncio.wait_for(hanging.began.wait(), 60)
    await Ear(quick).has(Ping(FILES, "a", 1))


@PINGS.idea
async def who_stops_in_the_middle_leaves_it_to_another(engine: PingsUnderTest) -> None:
    sender, first, second = await engine.client(), await engine.client(), await engine.client()
    hanging = Hanging(first)
    sender.publish([Ping(FILES, "a", 1)])
    await asyncio.wait_for(hanging.began.wait(), 60)
    await hanging.stop()
    await Ear(second).has(Ping(FILES, "a", 1))


@PINGS.idea
async def who_has_stopped_hears_nothing_more(engine: PingsUnderTest) -> None:
    queue = await engine.client()
    stopped = Ear(queue)
    queue.publish([Ping(FILES, "a", 1)])
    await stopped.has(Ping(FILES, "a", 1))
    await stopped.stop()
    await stopped.stop()
    listening = Ear(queue)
    queue.publish([Ping(FILES, "b", 1)])
    await listening.has(Ping(FILES, "b", 1))
    assert (FILES, "b") not in stopped.heard


@PINGS.idea
async def a_client_that_stops_has_sent_what_it_was_given(engine: PingsUnderTest) -> None:
    sender, receiver = await engine.client(), await engine.client()
    sender.publish([Ping(FILES, "a", 1)])
    await sender.stop()
    await Ear(receiver).has(Ping(FILES, "a", 1))


@PINGS.idea
async def what_was_in_the_queue_is_there_when_the_engine_returns(engine: PingsUnderTest) -> None:
    sender, receiver = await engine.client(), await engine.client()
    sender.publish([Ping(FILES, "a", 1), Ping(FILES, "b", 2)])
    await until(engine.holds)
    await engine.stop_engine()
    ear = Ear(receiver)
    await engine.start_engine()
    await ear.has(Ping(FILES, "a", 1), Ping(FILES, "b", 2))


@PINGS.idea
async def nothing_raises_while_the_engine_is_down_and_it_works_again(engine: PingsUnderTest) -> None:
    sender, receiver = await engine.client(), await engine.client()
    early = Ear(receiver)
    await engine.stop_engine()
    for number in range(100):
        sender.publish([Ping(FILES, f"s{number}", 1)])
    late = Ear(receiver)
    await engine.start_engine()

    async def both_hear() -> bool:  # a ping may be lost, so it is repeated
        sender.publish([Ping(FILES, "well", 1), Ping(FILES, "again", 1)])
        await asyncio.sleep(0.02)
        return bool(early.heard and late.heard)

    await until(both_hear)


async def _nothing_is_left(engine: PingsUnderTest, condition: Callable[[], bool] = lambda: True) -> None:
    """Acknowledgements take their time."""

    async def is_empty() -> bool:
        return condition() and not await engine.holds()

    await until(is_empty)
