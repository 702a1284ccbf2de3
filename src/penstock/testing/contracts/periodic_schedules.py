# ruff: noqa: D103 - the name of an idea is its sentence
"""Schedules by name: whose they are, what repeating does, and what becomes of their ticks when they change."""

import asyncio

from msgspec import structs

from penstock.model.errors import Conflict, NotFound
from penstock.model.lane import Priority
from penstock.model.periodic import Misfire, Overlap
from penstock.model.rhythm import Rhythm
from penstock.ports.periodic import TickMade
from penstock.testing.contracts.periodic_scene import MINUTE_US, created, due, found, new_schedule
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import SCHEDULES

DAILY = Rhythm(cron="0 9 * * MON-FRI", zone="Europe/Berlin")
ANCHORED = Rhythm(interval_us=90_000_000, anchor_us=12_345_678)


async def declared(scene: Scene, *names: str, app: str = "mail", ahead_s: float = 3600.0) -> list[str]:
    """Declare schedules of these names; answers what was retired."""
    next_us = await scene.now_us() + round(ahead_s * 1_000_000)
    return await scene.store.schedules.declare(
        scene.namespace_id, app, [new_schedule(scene, next_us, name=name) for name in names]
    )


@SCHEDULES.idea
async def what_was_created_is_found_as_it_was_given(scene: Scene) -> None:
    for number, rhythm in enumerate((DAILY, ANCHORED)):
        schedule = await created(
            scene,
            name=f"digest-{number}",
            rhythm=rhythm,
            payload='{"to":"ä€𝄞"}'.encode(),
            collection="letters",
            priority=Priority.LOW,
            misfire=Misfire.ALL,
            overlap=Overlap.QUEUE,
            jitter_us=1_500_000,
        )
        assert schedule == await found(scene, f"digest-{number}")
        assert schedule.definition.rhythm == rhythm
        assert (schedule.app, schedule.paused, schedule.retired) == ("", False, False)
        assert (schedule.last_tick_us, schedule.last_task_id, schedule.passed) == (0, None, None)
    assert schedule.definition.lambda_name == "mail.send"
    assert (schedule.definition.priority, schedule.definition.jitter_us) == (Priority.LOW, 1_500_000)


@SCHEDULES.idea
async def creating_the_same_again_changes_nothing(scene: Scene) -> None:
    first = await created(scene, ahead_s=10)
    async with scene.nothing_changes():
        assert await created(scene, ahead_s=99) == first


@SCHEDULES.idea
async def creating_another_by_the_same_name_is_a_conflict(scene: Scene) -> None:
    await created(scene)
    async with scene.nothing_changes():
        try:
            await created(scene, overlap=Overlap.SKIP)
        except Conflict:
            return
        raise AssertionError("it was made")


@SCHEDULES.idea
async def of_many_creations_at_once_one_holds(scene: Scene) -> None:
    answers = await asyncio.gather(*(created(scene, ahead_s=number) for number in range(6)))
    assert len({answer.next_tick_us for answer in answers}) == 1


@SCHEDULES.idea
async def names_belong_to_their_namespace(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    await created(scene)
    assert await scene.store.schedules.find(other, "mail.send") is None
    assert await scene.store.schedules.page(other, None, "", 10) == []
    assert await scene.store.schedules.pause(other, "mail.send") is None
    assert not await scene.store.schedules.delete(other, "mail.send")
    await scene.store.schedules.declare(other, "mail", [])
    assert not (await found(scene)).retired


@SCHEDULES.idea
async def a_list_goes_by_name_and_page(scene: Scene) -> None:
    for name in ("b", "d", "a-x", "c", "a.x"):
        await created(scene, name=name)
    first = await scene.store.schedules.page(scene.namespace_id, None, "", 3)
    rest = await scene.store.schedules.page(scene.namespace_id, scene.lambda_id, first[-1].definition.name, 3)
    assert [each.definition.name for each in [*first, *rest]] == ["a-x", "a.x", "b", "c", "d"]
    assert {each.definition.payload for each in first} == {b""}, "a page of them could be a gigabyte"
    assert await scene.store.schedules.page(scene.namespace_id, scene.other_lambda_id, "", 3) == []


@SCHEDULES.idea
async def what_is_deleted_is_gone_and_makes_no_more_tasks(scene: Scene) -> None:
    schedule = await created(scene)
    assert await scene.store.schedules.delete(scene.namespace_id, "mail.send")
    assert not await scene.store.schedules.delete(scene.namespace_id, "mail.send")
    assert await scene.store.schedules.find(scene.namespace_id, "mail.send") is None
    assert await due(scene) == []
    try:
        await scene.store.schedules.backfill(schedule, scene.lane, [TickMade(1, scene.ids(1)[0])])
    except NotFound:
        pass
    else:
        raise AssertionError("a schedule that is gone was backfilled")
    assert (await created(scene)).id != schedule.id, "its ticks are others"


@SCHEDULES.idea
async def a_paused_schedule_is_never_due_until_it_is_resumed(scene: Scene) -> None:
    schedule = await created(scene)
    paused = await scene.store.schedules.pause(scene.namespace_id, "mail.send")
    assert paused == await found(scene)
    assert paused.paused
    assert paused.edition > schedule.edition
    async with scene.nothing_changes():
        assert await scene.store.schedules.pause(scene.namespace_id, "mail.send") == paused
    await scene.advance(600)
    assert await due(scene) == []
    later_us = await scene.now_us() + MINUTE_US
    resumed = await scene.store.schedules.resume(paused, later_us, later_us)
    assert resumed == await found(scene)
    assert (resumed.paused, resumed.next_tick_us) == (False, later_us)
    assert await due(scene) == []
    await scene.advance(61)
    assert len(await due(scene)) == 1
    async with scene.nothing_changes():
        assert await scene.store.schedules.resume(paused, later_us, later_us) is None, "it was seen as it no longer is"


@SCHEDULES.idea
async def what_an_app_no_longer_declares_is_retired(scene: Scene) -> None:
    assert await declared(scene, "a", "b", "c") == []
    assert await declared(scene, "other", app="files") == []
    await created(scene, name="by-hand")
    assert sorted(await declared(scene, "b")) == ["a", "c"]
    for name, retired in (("a", True), ("b", False), ("c", True), ("other", False), ("by-hand", False)):
        assert (await found(scene, name)).retired is retired, name
    await scene.advance(7200)
    names = {(await found(scene, name)).id: name for name in ("a", "b", "c")}
    assert sorted(names[seen.id] for seen in await due(scene) if seen.id in names) == ["b"]
    assert await declared(scene) == ["b"]
    assert await declared(scene) == []


@SCHEDULES.idea
async def what_is_declared_again_goes_on_anew(scene: Scene) -> None:
    await declared(scene, "a")
    await declared(scene)
    await declared(scene, "a", ahead_s=7200)
    stands = await found(scene, "a")
    assert not stands.retired
    assert abs(stands.next_tick_us - await scene.now_us() - 7200_000_000) < 60_000_000


@SCHEDULES.idea
async def declaring_the_same_again_changes_nothing(scene: Scene) -> None:
    await declared(scene, "a", "b")
    async with scene.nothing_changes():
        await declared(scene, "b", "a", ahead_s=5)


@SCHEDULES.idea
async def a_declared_change_keeps_the_next_tick_unless_the_ticks_change(scene: Scene) -> None:
    await declared(scene, "a")
    before = await found(scene, "a")
    later_us = before.next_tick_us + 77_000_000
    other_work = new_schedule(scene, later_us, name="a", payload=b"{}", priority=Priority.HIGH, misfire=Misfire.SKIP)
    await scene.store.schedules.declare(scene.namespace_id, "mail", [other_work])
    stands = await found(scene, "a")
    assert stands.definition == other_work.definition
    assert (stands.next_tick_us, stands.id) == (before.next_tick_us, before.id)
    assert stands.edition > before.edition
    other_ticks = new_schedule(scene, later_us, name="a", rhythm=DAILY)
    await scene.store.schedules.declare(scene.namespace_id, "mail", [other_ticks])
    assert await found(scene, "a") == structs.replace(
        stands, definition=other_ticks.definition, next_tick_us=later_us, edition=stands.edition + 1
    )


@SCHEDULES.idea
async def a_pause_outlives_a_declaration(scene: Scene) -> None:
    await declared(scene, "a")
    await scene.store.schedules.pause(scene.namespace_id, "a")
    await declared(scene, "a")
    assert (await found(scene, "a")).paused


@SCHEDULES.idea
async def nobody_takes_anothers_name(scene: Scene) -> None:
    await created(scene, name="by-hand")
    await declared(scene, "of-mail")
    for name, app in (("by-hand", "mail"), ("of-mail", "files"), ("of-mail", "")):
        async with scene.nothing_changes():
            try:
                if app:
                    await declared(scene, "new", name, app=app)
                else:
                    await created(scene, name=name)
            except Conflict:
                continue
            raise AssertionError(f"{app or 'a call'} took {name}")
