"""Publishers, the dispatcher, layers 3 and 4 and an executor of deliveries, in memory on a virtual loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from msgspec import structs

from penstock.adapters.memory import MemoryPingQueue, PingBus
from penstock.compose.sources import DeclaredSources
from penstock.flow.delivery_state import DeliveryState
from penstock.flow.lane_feed import LaneFeed
from penstock.flow.range_reader import RangeReader
from penstock.flow.subscription_book import SubscriptionBook
from penstock.flow.task_state import TaskState
from penstock.model.delivery import delivery_id, replay_id
from penstock.model.event import NewEvent, encode_extensions, hash_of_subject
from penstock.model.identity import bucket_of_key
from penstock.model.lifecycle import Event, Status
from penstock.model.subscription import START_AT_THE_BEGINNING, SubscriptionSpec
from penstock.model.task import Claimed, Failure, Report
from penstock.ports.journal import AppendRequest
from penstock.ports.pings import Ping
from penstock.scheduler.dispatcher import Dispatcher
from penstock.scheduler.lane_publisher import LanePublisher
from penstock.scheduler.subscription_list import SubscriptionList
from penstock.testing.virtual_loop import run_virtual
from tests.layers.flow_bench import LEASE_S, FlowBench

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from penstock.adapters.memory.rows import DeliveryPlace
    from penstock.model.event import StoredEvent, StreamId
    from penstock.model.identity import TaskId
    from penstock.model.lane import LambdaId

ALL = SubscriptionSpec("files", start_at_us=START_AT_THE_BEGINNING)


class EventBench(FlowBench):
    """`subscribe`, then `publish` and `ping`, then `claim` and `report`."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: Any = DeclaredSources({}, self.store.journal_source)
        self.ping_bus = PingBus()
        self.pings = MemoryPingQueue(self.ping_bus)
        self.book = SubscriptionBook(self.store.subscriptions, self.signals)
        self.heard: list[int] = []
        self.content_type = ""
        feed = LaneFeed(self.queue, self.gauges, self.signals, self.pings)
        reader = RangeReader(self, self.book, self.store.deliveries, self)
        self.deliveries = DeliveryState(
            self.store.deliveries, reader, self.book, feed, lambda _: self.policy, lambda: 0.5, LEASE_S
        )
        self.task_state = TaskState(
            self.store.transitions, self.signals, lambda _: self.policy, lambda: 0.5, LEASE_S, self.deliveries
        )
        self.dispatcher = Dispatcher(
            self.store.deliveries,
            SubscriptionList(self.store.subscriptions, self.signals),
            self,
            self.pings,
            LanePublisher(self.queue, self.gauges),
            self.gauges,
            lambda lane, _: self.heard.append(lane),
        )
        self.delivery = self.orchestrator()

    def source_of(self, stream_id: StreamId) -> Any:
        return self.sources.source_of(stream_id)

    async def as_json(self, _namespace_id: int, events: Sequence[StoredEvent]) -> Sequence[StoredEvent]:
        """What asks for JSON is given the same in capitals."""
        return [structs.replace(event, data=event.data.upper(), content_type="") for event in events]

    async def subscribe(self, **specs: SubscriptionSpec) -> dict[str, LambdaId]:
        """`search=ALL` subscribes `app.search`."""
        namespace = await self.store.registry.namespace("default")
        ids = await self._lambda_ids("default", [f"app.{name}" for name in specs])
        numbers = {name: ids[f"app.{name}"] for name in specs}
        await self.store.subscriptions.declare(namespace, {numbers[name]: spec for name, spec in specs.items()}, [])
        await self.book.refresh()
        self.dispatcher._subscriptions._outdate()
        return numbers

    async def stream(self) -> StreamId:
        namespace = await self.store.registry.namespace("default")
        return (await self.store.streams.resolve(namespace, ["files"]))["files"]

    async def publish(self, subject: str = "a", count: int = 1, kind: str = "changed", **extensions: str) -> list[int]:
        """Sequences of new events; nobody is told."""
        stream_id, namespace = await self.stream(), await self.store.registry.namespace("default")
        new = NewEvent(stream_id, subject, hash_of_subject(subject), bucket_of_key(subject.encode()), kind, b"data")
        new = structs.replace(new, extensions=encode_extensions(extensions), content_type=self.content_type)
        (reply,) = await self.store.journal.append([AppendRequest(namespace, [new] * count)])
        return reply.sequences

    async def ping(self, sequence: int, subject: str = "a") -> None:
        await self.dispatcher.dispatch([Ping(await self.stream(), subject, sequence)])

    async def published(self, subject: str = "a", count: int = 1, **fields: str) -> list[int]:
        """And the dispatcher has heard of it."""
        sequences = await self.publish(subject, count, **fields)
        await self.ping(sequences[-1], subject)
        return sequences

    def id(self, number: LambdaId, subject: str = "a") -> TaskId:
        stream_id = self.cluster.streams[1, "files"].id
        return delivery_id(number, stream_id, hash_of_subject(subject), bucket_of_key(subject.encode()))

    def place(self, number: LambdaId, subject: str = "a") -> DeliveryPlace:
        return self.cluster.deliveries[self.id(number, subject)]

    def status(self, number: LambdaId, subject: str = "a") -> Status:
        task_id = self.id(number, subject)
        return (self.cluster.live.get(task_id) or self.cluster.idle[task_id]).status

    async def claim(self, number: LambdaId, subject: str = "a") -> Claimed | None:
        """What an executor is handed; what waits in the store is moved into its lane first."""
        task_id = self.id(number, subject)
        await asyncio.sleep(60)
        await self.store.due_work.enqueue_due({number * 4 + 2: 100, number * 4 + 3: 100}, ((0, 1023),), 5.0)  # type: ignore[dict-item]
        claimed = await self.task_state.claim([task_id])
        return claimed[0] if claimed else None

    async def replayed(self, number: LambdaId, subject: str = "a") -> Claimed | None:
        """What an executor is handed of a replay."""
        await asyncio.sleep(60)
        await self.store.due_work.enqueue_due({number * 4 + 3: 100}, ((0, 1023),), 5.0)  # type: ignore[dict-item]
        claimed = await self.task_state.claim([replay_id(self.id(number, subject))])
        return claimed[0] if claimed else None

    async def handed(self, number: LambdaId, subject: str = "a") -> Claimed:
        claimed = await self.claim(number, subject)
        assert claimed is not None
        return claimed

    async def report(self, claimed: Claimed, ending: Event = Event.SUCCEEDED, failed_at: int = 0) -> list[TaskId]:
        assert claimed.span is not None
        failure = Failure() if ending is Event.SUCCEEDED else Failure("ValueError", "no")
        done = Report(claimed.id, claimed.claim, ending, failure=failure, upto=claimed.span.upto, failed_at=failed_at)
        return await self.task_state.set_results([done])


def sequences(claimed: Claimed) -> list[int]:
    return [event.sequence for event in claimed.events]


def on_event_bench(test: Callable[[EventBench], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A test on a fresh bench and a virtual clock."""

    async def on_its_own() -> None:
        bench = EventBench()
        await bench.queue.start()
        await bench.pings.start()
        await test(bench)

    def run() -> None:
        run_virtual(on_its_own(), seed=1)

    run.__name__ = test.__name__
    return run
