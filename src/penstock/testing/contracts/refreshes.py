# ruff: noqa: D103 - the name of an idea is its sentence
"""Refresh: one leads a step, what a late one says is refused, and what is found stays until it is not seen again."""

from penstock.model.event import StreamId
from penstock.model.identity import TaskId
from penstock.model.refresh import Finding, PassCount, RefreshLoop, RefreshState, RefreshWish, StepDone, Trouble
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import REFRESHES

STREAM, OTHER = StreamId(1), StreamId(2)
RECENT = RefreshWish(STREAM, RefreshLoop.RECENT, 7)
NOTHING = PassCount()
FULL = RefreshWish(STREAM, RefreshLoop.FULL, 7)


@REFRESHES.idea
async def without_a_wish_nothing_is_due(scene: Scene) -> None:
    assert await scene.store.refreshes.next_step_in_s([]) is None
    assert await scene.store.refreshes.take([], "one", 10.0) is None
    assert await scene.store.refreshes.standing([STREAM]) == []


@REFRESHES.idea
async def a_new_loop_is_due_at_once(scene: Scene) -> None:
    async with scene.span() as span:
        step = await _taken(scene, RECENT)
    assert (step.stream_id, step.loop, step.mark, step.edition) == (STREAM, RefreshLoop.RECENT, b"", 7)
    assert span.covers(step.began_at_us)
    assert (step.count, step.last_ended_at_us) == (PassCount(), 0)


@REFRESHES.idea
async def nothing_is_passed_over_between_the_two_loops(scene: Scene) -> None:
    refreshes = scene.store.refreshes
    await refreshes.next_step_in_s([FULL])
    assert await refreshes.next_step_in_s([FULL]) == 1.0, "and nobody asks all the time"
    assert await refreshes.take([FULL], "one", 10.0) is None, "nobody watches what comes during it"
    step = await _taken(scene, FULL, RECENT)
    assert step.loop is RefreshLoop.RECENT
    assert await refreshes.take([FULL, RECENT], "two", 10.0) is None
    assert await _noted(scene, step, b"mark", pause_s=60.0, is_end=True)
    assert (await _taken(scene, FULL, RECENT)).loop is RefreshLoop.FULL


@REFRESHES.idea
async def one_leads_a_step_until_its_lease_ends(scene: Scene) -> None:
    refreshes = scene.store.refreshes
    step = await _taken(scene, RECENT)
    assert await refreshes.take([RECENT], "two", 10.0) is None
    assert 0.0 < (await refreshes.next_step_in_s([RECENT]) or 0.0) <= 1.0
    await scene.advance(11.0)
    assert await refreshes.take([RECENT], "two", 10.0) == step
    assert not await refreshes.note(step, "one", StepDone(b"late", PassCount(9), is_end=True))
    assert (await refreshes.standing([STREAM]))[0].mark == b""
    assert await refreshes.note(step, "two", StepDone(b"mark", PassCount(1), is_end=True))


@REFRESHES.idea
async def a_pass_counts_over_its_steps_and_the_last_one_stays(scene: Scene) -> None:
    refreshes = scene.store.refreshes
    first = await _taken(scene, RECENT)
    assert await _noted(scene, first, b"a", PassCount(1_000, 3, 1))
    second = await _taken(scene, RECENT)
    assert (second.mark, second.count, second.began_at_us) == (b"a", PassCount(1_000, 3, 1), first.began_at_us)
    async with scene.span() as span:
        assert await _noted(scene, second, b"b", PassCount(5, 0, 1), pause_s=60.0, is_end=True)
    (state,) = await refreshes.standing([STREAM, OTHER])
    assert (state.mark, state.began_at_us, state.count) == (b"b", 0, PassCount())
    assert (state.last_began_at_us, state.last_count) == (first.began_at_us, PassCount(1_005, 3, 2))
    assert span.covers(state.last_ended_at_us)
    assert span.covers(state.next_at_us, plus_s=60.0)
    assert await refreshes.take([RECENT], "one", 10.0) is None
    assert 50.0 < (await refreshes.next_step_in_s([RECENT]) or 0.0) <= 60.0
    await scene.advance(60.0)
    assert (await _taken(scene, RECENT)).mark == b"b"


@REFRESHES.idea
async def other_subscriptions_are_looked_after_at_once(scene: Scene) -> None:
    await _noted(scene, await _taken(scene, RECENT), b"mark", pause_s=60.0, is_end=True)
    other = RefreshWish(STREAM, RefreshLoop.RECENT, 8)
    assert await scene.store.refreshes.next_step_in_s([other]) == 0.0
    step = await _taken(scene, other)
    assert step.edition == 8
    await _noted(scene, step, b"mark", pause_s=5.0)
    assert await scene.store.refreshes.take([RECENT], "one", 10.0) is None, "a pass that is under way goes on"
    await scene.advance(5.0)
    again = await _taken(scene, RECENT)
    assert again.edition == 8
    await _noted(scene, again, b"mark", pause_s=60.0, is_end=True)
    assert (await _taken(scene, RECENT)).edition == 7


@REFRESHES.idea
async def a_pass_that_is_asked_for_comes_next(scene: Scene) -> None:
    refreshes = scene.store.refreshes
    await _noted(scene, await _taken(scene, RECENT), b"mark", pause_s=60.0, is_end=True)
    asked = await refreshes.ask(STREAM, RefreshLoop.RECENT, "ada")
    assert asked.asked_by == "ada"
    step = await _taken(scene, RECENT)
    assert (step.mark, step.asked_by) == (b"mark", "ada")
    await refreshes.ask(STREAM, RefreshLoop.RECENT, "bob")
    await _noted(scene, step, b"mark", pause_s=60.0, is_end=True)
    assert (await _taken(scene, RECENT)).asked_by == "bob", "asked while the other was ending"
    await refreshes.ask(OTHER, RefreshLoop.FULL, "eve")
    assert [state.asked_by for state in await refreshes.standing([OTHER])] == ["eve"]


@REFRESHES.idea
async def what_is_found_stays_until_a_pass_does_not_see_it_again(scene: Scene) -> None:
    refreshes = scene.store.refreshes
    await _noted(scene, await _taken(scene, RECENT), b"mark", pause_s=60.0, is_end=True)
    old, young = _finding(scene, 1, Trouble.DEAD_EVENT, 500), _finding(scene, 2, Trouble.FAILING, 100)
    step = await _taken(scene, FULL)
    await refreshes.note(step, "one", StepDone(b"a", PassCount(2, 0, 1), [young], is_end=False))
    step = await _taken(scene, FULL)
    await refreshes.note(step, "one", StepDone(b"", PassCount(2, 0, 1), [old], is_end=True))
    found = await refreshes.findings(STREAM, 10)
    assert [(each.subject, each.trouble, each.cursor, each.head) for each in found] == [
        (old.subject, Trouble.DEAD_EVENT, 3, 9),
        (young.subject, Trouble.FAILING, 3, 9),
    ]
    assert {each.subscription for each in found} == {"mail.send"}
    assert found[0].stands_us >= 500_000_000
    assert [each.subject for each in await refreshes.findings(STREAM, 1)] == [old.subject]
    assert await refreshes.findings(OTHER, 10) == []
    await scene.advance(1.0)
    step = await _taken(scene, FULL)
    await refreshes.note(step, "one", StepDone(b"", PassCount(2, 0, 1), [old], is_end=True))
    assert [each.subject for each in await refreshes.findings(STREAM, 10)] == [old.subject]


def _finding(scene: Scene, number: int, trouble: Trouble, stands_s: int) -> Finding:
    delivery_id = TaskId(number.to_bytes(16, "big"))
    return Finding(delivery_id, scene.lambda_id, "mail.send", f"s{number}", trouble, 3, 9, 2, 0, stands_s * 1_000_000)


async def _taken(scene: Scene, *wishes: RefreshWish) -> RefreshState:
    assert await scene.store.refreshes.next_step_in_s(wishes) == 0.0
    step = await scene.store.refreshes.take(wishes, "one", 10.0)
    assert step is not None
    return step


async def _noted(
    scene: Scene,
    step: RefreshState,
    mark: bytes,
    seen: PassCount = NOTHING,
    pause_s: float = 0.0,
    *,
    is_end: bool = False,
) -> bool:
    return await scene.store.refreshes.note(step, "one", StepDone(mark, seen, is_end=is_end, pause_s=pause_s))
