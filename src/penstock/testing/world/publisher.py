"""A publisher of events, and what of them is left to be handed over."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Final

from penstock.frontend.event_calls import EventGroup, PublishCall
from penstock.model.delivery import is_aside, is_replay
from penstock.model.lifecycle import HELD_FOR_DEAD_EVENT
from penstock.testing.world.event_lambdas import POISON, STREAM, WANTED_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.adapters.memory.rows import DeliveryPlace
    from penstock.model.event import StreamId
    from penstock.model.identity import TaskId
    from penstock.model.stream import SubjectHead
    from penstock.testing.world.clients import Client
    from penstock.testing.world.world import World

SUBJECTS: Final = 3
CALLS: Final = 8


class Publisher:
    """`acknowledged`: subject -> sequences that it was told are stored."""

    def __init__(self, world: "World", client: "Client") -> None:
        self.acknowledged: dict[str, list[int]] = {}
        self._world, self._client = world, client
        self._random = world.chance.stream("publisher")

    async def run(self, within_s: float) -> None:
        """Some calls, spread over a time, some of them at once."""
        async with asyncio.TaskGroup() as errands:
            for _ in range(self._random.randint(CALLS // 2, CALLS)):
                await asyncio.sleep(self._random.expovariate(CALLS / within_s))
                errands.create_task(self._publish())

    @property
    def is_behind(self) -> bool:
        """Whether something is left to be handed over."""
        return bool(self._behind())

    def _behind(self) -> "list[tuple[StreamId, SubjectHead]]":
        """Subjects of which some subscription has not seen all, and is not kept from it."""
        cluster = self._world.cluster
        made = Counter((place.stream_id, place.subject_hash) for _, place in self._places())
        rows: dict[tuple[StreamId, bytes], list[DeliveryPlace]] = {}
        for task_id, place in self._places():
            row = cluster.live.get(task_id)
            if row is None or row.held_for != HELD_FOR_DEAD_EVENT:
                rows.setdefault((place.stream_id, place.subject_hash), []).append(place)
        subscribed = len(cluster.subscriptions)
        return [
            (key[0], head)
            for key, head in cluster.heads.items()
            if made[key] < subscribed or any(place.cursor < head.sequence for place in rows.get(key, ()))
        ]

    def _places(self) -> "Iterator[tuple[TaskId, DeliveryPlace]]":
        """Those of whole subjects: a replay, and an event that was set aside, end before their subject does."""
        for task_id, place in self._world.cluster.deliveries.items():
            if not is_aside(task_id) and not is_replay(task_id):
                yield task_id, place

    async def _publish(self) -> None:
        random = self._random
        subjects = [f"s{random.randrange(SUBJECTS)}" for _ in range(random.choice((1, 1, 2, 4, 10)))]
        group = EventGroup(
            STREAM,
            [POISON if random.random() < 0.06 else b"{}" for _ in subjects],
            subjects,
            [random.choice((WANTED_TYPE, WANTED_TYPE, "moved")) for _ in subjects],
        )
        call = PublishCall("", [group], random.randbytes(16))
        answer = await self._client.until_answered("publish", lambda server: server.desks.publish.publish(call))
        if answer is not None:
            for subject, sequence in zip(subjects, answer.sequences, strict=True):
                self.acknowledged.setdefault(subject, []).append(sequence)
