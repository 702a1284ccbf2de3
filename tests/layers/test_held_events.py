"""Which events may go of streams that wait for cursors: what a cursor still needs stays, and nobody waits for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.model.delivery_row import EventLetter, Settle
from penstock.model.errors import Unavailable
from penstock.model.lifecycle import Event, Status
from penstock.model.refresh import PassCount, RefreshLoop, RefreshWish, StepDone
from penstock.model.stream_hold import LATE_US, HoldChange
from penstock.scheduler.held_events import HeldEvents
from penstock.scheduler.seen_subscriptions import SeenSubscriptions
from penstock.testing.contracts.delivery_scene import FAILURE, Stage
from penstock.testing.contracts.event_scene import append, event, events_of
from penstock.testing.contracts.scene import Scene
from tests.contracts.memory_store import fresh_memory_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from penstock.model.event import StoredEvent

DAY_S = 86_400
HOUR_US = 3_600_000_000
KEEP_S = 2.0 * DAY_S
LONGEST_S = 30.0 * DAY_S


class Bench:
    """A stream of `files` that waits for cursors, and subscriptions as `Stage.of` makes them."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.scene = stage, stage.scene
        self.holds = self.scene.store.event_holds
        self.held = HeldEvents(self.holds)

    async def days_pass(self, days: float) -> None:
        """All that live are seen meanwhile."""
        await self.scene.advance(days * DAY_S)
        await self.holds.seen([self.stage.first, self.stage.second, self.stage.third])

    async def full_pass(self) -> None:
        """Refresh goes over the stream once."""
        refreshes = self.scene.store.refreshes
        wishes = [RefreshWish(self.stage.stream_id, loop, 7) for loop in RefreshLoop]
        while True:
            await refreshes.next_step_in_s(wishes)
            step = await refreshes.take(wishes, "one", 60.0)
            if step is None:
                await self.scene.advance(1.0)
                continue
            await refreshes.note(step, "one", StepDone(b"m", PassCount(), is_end=True, pause_s=0.0))
            if step.loop is RefreshLoop.FULL:
                return

    async def publish(self, subject: str = "a", count: int = 1) -> list[StoredEvent]:
        for _ in range(count):
            await append(self.scene, event(self.stage.stream_id, subject))
        return (await events_of(self.scene, self.stage.stream_id, subject))[-count:]

    async def until_us(self) -> int:
        return (await self.held.look(KEEP_S))[self.stage.stream_id]

    async def goes_after_days(self) -> float:
        """How old events must be to go."""
        return round((await self.scene.now_us() - await self.until_us()) / (DAY_S * 1_000_000), 2)

    async def blocked(self, dead: StoredEvent, subject: str = "a") -> None:
        await self.stage.make(self.stage.new(dead.sequence, dead.sequence - 1, subject))
        claimed = await self.stage.claim(subject)
        letter = EventLetter(dead, 3, 0, True, "budget", FAILURE)
        await self.stage.apply(Settle(claimed.id, claimed.claim, Event.BLOCKED, letter=letter))


async def bench_of(scene: Scene, *chain: int, hold: HoldChange | None = None) -> Bench:
    stage = await Stage.of(scene, *chain)
    await scene.store.streams.keep(scene.namespace_id, "files", 0.0, hold or HoldChange(LONGEST_S))
    return Bench(stage)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with fresh_memory_store() as store:
        yield await Scene.of(store)


async def test_what_no_cursor_needs_goes_when_its_time_is_over(scene: Scene) -> None:
    bench = await bench_of(scene)
    await bench.days_pass(5)
    await bench.full_pass()
    assert await bench.goes_after_days() == 2


async def test_what_a_cursor_has_not_passed_stays_beyond_its_time(scene: Scene) -> None:
    bench = await bench_of(scene)
    (first,) = await bench.publish()
    await bench.days_pass(1)
    (second,) = await bench.publish()
    await bench.stage.make(bench.stage.new(second.sequence, 0, "a"))
    await bench.days_pass(10)
    await bench.full_pass()
    assert await bench.until_us() == first.appended_at_us
    claimed = await bench.stage.claim("a")
    await bench.stage.done(claimed, first.sequence)
    assert await bench.until_us() == second.appended_at_us
    await bench.stage.scene.enqueue_all()
    await bench.stage.done(await bench.stage.claim("a"))
    assert await bench.goes_after_days() == 2


async def test_nobody_is_waited_for_beyond_the_longest_time(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    bench = await bench_of(scene)
    (only,) = await bench.publish()
    await bench.stage.make(bench.stage.new(only.sequence, 0, "a"))
    await bench.days_pass(31)
    await bench.full_pass()
    assert await bench.goes_after_days() == 30
    assert "stream files lets events go that not all cursors have passed" in caplog.text


async def test_what_no_pass_has_compared_stays(scene: Scene) -> None:
    bench = await bench_of(scene)
    await bench.days_pass(40)
    assert await bench.goes_after_days() == 30, "whose ping was lost has no row yet"
    await bench.full_pass()
    passed_us = await scene.now_us()
    await bench.days_pass(20)
    until_us = await bench.until_us()
    assert passed_us - HOUR_US < until_us <= passed_us - LATE_US, "what came after it was compared with nobody"


async def test_a_pass_that_did_not_know_of_a_subscription_proves_nothing(scene: Scene) -> None:
    bench = await bench_of(scene)
    await bench.days_pass(20)
    await bench.full_pass()
    assert await bench.goes_after_days() == 2
    await Stage.of(scene, 0, 0)
    await bench.days_pass(20)
    assert await bench.goes_after_days() == 30
    await bench.full_pass()
    assert await bench.goes_after_days() == 2


async def test_who_was_not_seen_for_long_holds_nothing_once_a_server_has_been_up(scene: Scene) -> None:
    bench = await bench_of(scene, hold=HoldChange(LONGEST_S, unseen_s=3.0 * DAY_S))
    (only,) = await bench.publish()
    await bench.stage.make(bench.stage.new(only.sequence, 0, "a"))
    await scene.advance(5 * DAY_S)
    await bench.full_pass()
    assert await bench.until_us() == only.appended_at_us, "all of the platform may have been down"
    assert await bench.goes_after_days() == 2
    await SeenSubscriptions(bench.holds, lambda: [bench.stage.first]).note()
    assert await bench.until_us() == only.appended_at_us


async def test_who_goes_first_is_waited_for_as_long_as_those_after_it_are_seen(scene: Scene) -> None:
    bench = await bench_of(scene, 0, 1, hold=HoldChange(LONGEST_S, unseen_s=3.0 * DAY_S))
    (only,) = await bench.publish()
    await bench.stage.make(bench.stage.new(only.sequence, 0, "a"), bench.stage.new(0, 0, "a", bench.stage.second))
    await scene.advance(5 * DAY_S)
    await bench.full_pass()
    await bench.until_us()
    await bench.holds.seen([bench.stage.second])
    assert await bench.stage.status("a", bench.stage.second) is Status.IDLE
    assert await bench.until_us() == only.appended_at_us


async def test_a_blocked_subject_holds_until_its_age_and_loses_with_a_trace(scene: Scene) -> None:
    bench = await bench_of(scene, hold=HoldChange(LONGEST_S, blocked_s=10.0 * DAY_S))
    (dead,) = await bench.publish()
    await bench.blocked(dead)
    await bench.days_pass(9)
    await bench.full_pass()
    assert await bench.until_us() == dead.appended_at_us
    assert await bench.stage.status("a") is Status.HELD
    await bench.days_pass(2)
    await bench.full_pass()
    assert await bench.goes_after_days() == 2
    (kept,) = await scene.store.cursors.letters(bench.stage.first, b"", 10)
    assert (kept.letter.event, kept.letter.blocks) == (dead, False)
    assert (await bench.stage.row("a")).cursor == dead.sequence


async def test_what_goes_for_a_blocked_subject_beyond_the_longest_time_is_lettered(scene: Scene) -> None:
    bench = await bench_of(scene, hold=HoldChange(LONGEST_S, blocked_s=100.0 * DAY_S))
    dead, later = await bench.publish(count=2)
    await bench.blocked(dead)
    await bench.days_pass(31)
    await bench.full_pass()
    assert await bench.goes_after_days() == 2, "nothing is left that it needs"
    letters = await scene.store.cursors.letters(bench.stage.first, b"", 10)
    assert {each.letter.event for each in letters} == {dead, later}


async def test_a_stream_without_subscriptions_waits_for_nobody(scene: Scene) -> None:
    await scene.store.streams.keep(scene.namespace_id, "files", 3.0 * DAY_S, HoldChange(LONGEST_S))
    (until_us,) = (await HeldEvents(scene.store.event_holds).look(KEEP_S)).values()
    assert round((await scene.now_us() - until_us) / (DAY_S * 1_000_000), 2) == 3


async def test_who_cannot_be_noted_is_noted_later(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        async def seen(self, _ids: object) -> None:
            raise Unavailable("no store")

    await SeenSubscriptions(Broken(), list).note()  # type: ignore[arg-type]
    assert "was not noted: no store" in caplog.text
