"""The stage of the deliveries' ideas: subscriptions to one stream, and short ways to a row in any status."""

from collections.abc import Sequence

from penstock.model.delivery import delivery_id
from penstock.model.delivery_row import Advance, ClaimedRange, DeliveryChange, DeliveryRow, NewDelivery, Rise, Settle
from penstock.model.event import StreamId, hash_of_subject
from penstock.model.identity import TaskId, bucket_of_key
from penstock.model.lane import LambdaId, LaneId, Priority, lane_of
from penstock.model.lifecycle import Event, Status
from penstock.model.subscription import SubscriptionSpec
from penstock.model.task import Attempt, Failure
from penstock.model.work import Beat
from penstock.ports.deliveries import Raised
from penstock.testing.contracts.scene import LEASE_S, Scene

SUBJECT = "a.txt"
FAILURE = Failure("ValueError", "it does not work: ä€𝄞", "line 1\nline 2")


def plenty(_lane: LaneId) -> int:
    """Every lane has room."""
    return 1_000


def none(_lane: LaneId) -> int:
    """No lane has."""
    return 0


class Stage:
    """`first` goes before `second`, and `third` before nobody and after `second`, where they are declared so."""

    def __init__(self, scene: Scene, stream_id: StreamId, third: LambdaId) -> None:
        self.scene = scene
        self.stream_id = stream_id
        self.first, self.second, self.third = scene.lambda_id, scene.other_lambda_id, third
        self.deliveries = scene.store.deliveries

    @classmethod
    async def of(cls, scene: Scene, *chain: int) -> "Stage":
        """Subscriptions of the first `len(chain)` lambdas, each after those whose numbers, as bits, stand there."""
        names = ["mail.send", "mail.sweep", "mail.third"]
        records = await scene.store.registry.resolve(scene.namespace_id, names)
        specs = {
            records[name].id: SubscriptionSpec(
                "files", after=tuple(other for bit, other in enumerate(names) if after >> bit & 1)
            )
            for name, after in zip(names, chain or (0,), strict=False)
        }
        (known, *_) = await scene.store.subscriptions.declare(scene.namespace_id, specs, [])
        return cls(scene, known.stream_id, records["mail.third"].id)

    def id(self, subject: str = SUBJECT, of: LambdaId | None = None) -> TaskId:
        """The id of a row."""
        number = self.first if of is None else of
        return delivery_id(number, self.stream_id, hash_of_subject(subject), bucket_of_key(subject.encode()))

    def new(self, head: int, start: int = 0, subject: str = SUBJECT, of: LambdaId | None = None) -> NewDelivery:
        """A row to be made."""
        lane = lane_of(self.first if of is None else of, Priority.NORMAL)
        return NewDelivery(
            self.id(subject, of),
            lane,
            self.scene.namespace_id,
            self.stream_id,
            subject,
            hash_of_subject(subject),
            start,
            head,
        )

    async def make(self, *rows: NewDelivery, room: bool = True) -> Raised:
        """Make them."""
        return await self.deliveries.make(rows, plenty if room else none)

    async def rise(self, head: int, subject: str = SUBJECT, of: LambdaId | None = None, room: bool = True) -> Raised:
        """A subject has come further."""
        lane = lane_of(self.first if of is None else of, Priority.NORMAL)
        return await self.deliveries.raise_heads([Rise(self.id(subject, of), lane, head)], plenty if room else none)

    async def row(self, subject: str = SUBJECT, of: LambdaId | None = None) -> DeliveryRow:
        """As it stands."""
        task_id = self.id(subject, of)
        return (await self.deliveries.read([task_id]))[task_id]

    async def status(self, subject: str = SUBJECT, of: LambdaId | None = None) -> Status:
        """What it waits for."""
        return (await self.row(subject, of)).trigger.status

    async def claim(self, subject: str = SUBJECT, of: LambdaId | None = None) -> ClaimedRange:
        """The claim of an enqueued row."""
        (claimed,) = await self.deliveries.claim([self.id(subject, of)], LEASE_S)
        return claimed

    async def claimed(self, head: int, start: int = 0, subject: str = SUBJECT) -> ClaimedRange:
        """A row that was made and claimed."""
        await self.make(self.new(head, start, subject))
        await self.scene.enqueue_all()
        return await self.claim(subject)

    async def apply(self, *changes: DeliveryChange, room: bool = True) -> Raised:
        """Changes that must hold."""
        moved = await self.deliveries.apply(changes, plenty if room else none)
        assert moved.held == [True] * len(changes), f"{changes} were answered {moved.held}"
        return moved.raised

    async def refused(self, *changes: DeliveryChange) -> None:
        """Changes that must not hold, and change nothing."""
        ids = [change.id for change in changes]
        before = await self.deliveries.read(ids)
        moved = await self.deliveries.apply(changes, plenty)
        assert moved.held == [False] * len(changes)
        assert await self.deliveries.read(ids) == before

    async def done(self, claimed: ClaimedRange, upto: int | None = None) -> Raised:
        """Its events are done."""
        return await self.apply(Advance(claimed.id, claimed.claim, claimed.head if upto is None else upto))

    async def row_that_is(self, status: Status, subject: str) -> tuple[TaskId, int]:
        """A row in any status of a delivery, under its last claim."""
        match status:
            case Status.IDLE:
                await self.make(self.new(0, subject=subject))
            case Status.NEW:
                await self.make(self.new(7, subject=subject), room=False)
            case Status.ENQUEUED:
                await self.make(self.new(7, subject=subject))
            case _:
                claimed = await self.claimed(7, subject=subject)
                if status is Status.PROCESSING:
                    await self.scene.store.transitions.heartbeat([Beat(claimed.id, 1, started=True)], LEASE_S)
                elif status is Status.RETRIABLE_FAILURE:
                    await self.apply(Settle(claimed.id, 1, Event.RAISED))
                elif status is Status.HELD:
                    await self.apply(Settle(claimed.id, 1, Event.BLOCKED))
        row = await self.row(subject)
        assert row.trigger.status is status
        return row.trigger.id, row.trigger.claim

    def line(self, claimed: ClaimedRange, ending: Event) -> Attempt:
        """A line of its history."""
        return Attempt(claimed.id, claimed.claim, ending, 1_500, 0, "host/1", FAILURE)


def ids_of(raised: Raised) -> Sequence[TaskId]:
    """All that are to be published."""
    return [reference.id for references in raised.references.values() for reference in references]
