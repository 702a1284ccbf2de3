"""Periodic schedules and their ticks in memory."""

from collections.abc import Sequence

from msgspec import structs

from penstock.adapters.memory.admission import HELD_LOOK_S
from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.rows import ScheduleRow, TaskRow
from penstock.adapters.memory.trip import Trip
from penstock.model.errors import NotFound
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId, lambda_of
from penstock.model.lifecycle import Status
from penstock.model.periodic import (
    Advance,
    DueSchedule,
    NewSchedule,
    Schedule,
    begins_anew,
    check_is_apps,
    check_is_same,
    task_id_of,
)
from penstock.model.task import Trigger
from penstock.ports.due_work import BucketShare
from penstock.ports.periodic import Advanced, DueSchedules, TickMade

HELD_FOR = "registration"


class MemorySchedules:
    """`Schedules` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def create(self, namespace_id: int, new: NewSchedule) -> Schedule:
        return await self._trip("schedules.create", lambda: self._create(namespace_id, new))

    async def declare(self, namespace_id: int, app: str, schedules: Sequence[NewSchedule]) -> list[str]:
        return await self._trip("schedules.declare", lambda: self._declare(namespace_id, app, schedules))

    async def find(self, namespace_id: int, name: str) -> Schedule | None:
        return await self._trip("schedules.find", lambda: self._find(namespace_id, name))

    async def page(self, namespace_id: int, lambda_id: LambdaId | None, after: str, limit: int) -> list[Schedule]:
        return await self._trip("schedules.page", lambda: self._page(namespace_id, lambda_id, after)[:limit])

    async def delete(self, namespace_id: int, name: str) -> bool:
        rows = self._cluster.schedules
        return await self._trip("schedules.delete", lambda: rows.pop((namespace_id, name), None) is not None)

    async def pause(self, namespace_id: int, name: str) -> Schedule | None:
        return await self._trip("schedules.pause", lambda: self._pause(namespace_id, name))

    async def resume(self, seen: Schedule, next_tick_us: int, look_at_us: int) -> Schedule | None:
        return await self._trip("schedules.resume", lambda: self._resume(seen, next_tick_us, look_at_us))

    async def ticks(self, schedule_id: int, limit: int) -> list[TickMade]:
        return await self._trip("schedules.ticks", lambda: self._ticks(schedule_id)[:limit])

    async def made(self, task_id: TaskId) -> str:
        return await self._trip("schedules.made", lambda: self._made(task_id))

    async def backfill(self, schedule: Schedule, lane: LaneId, ticks: Sequence[TickMade]) -> list[TickMade]:
        return await self._trip("schedules.backfill", lambda: self._backfill(schedule, lane, ticks))

    def _find(self, namespace_id: int, name: str) -> Schedule | None:
        row = self._cluster.schedules.get((namespace_id, name))
        return None if row is None else row.schedule

    def _made(self, task_id: TaskId) -> str:
        task = self._cluster.tasks.get(task_id)
        rows = self._cluster.schedules.values() if task is not None and task.periodic_id is not None else ()
        names = (row.schedule.definition.name for row in rows if task and row.schedule.id == task.periodic_id)
        return next(names, "")

    def _create(self, namespace_id: int, new: NewSchedule) -> Schedule:
        standing = self._find(namespace_id, new.definition.name) or self._make(namespace_id, "", new)
        check_is_same(standing, new.definition)
        return standing

    def _make(self, namespace_id: int, app: str, new: NewSchedule) -> Schedule:
        self._cluster.schedules_made += 1
        schedule = Schedule(
            id=self._cluster.schedules_made,
            namespace_id=namespace_id,
            definition=new.definition,
            edition=1,
            app=app,
            paused=False,
            retired=False,
            next_tick_us=new.next_tick_us,
            seed=new.seed,
        )
        self._cluster.schedules[namespace_id, new.definition.name] = ScheduleRow(
            schedule, new.lane, new.bucket, new.look_at_us
        )
        return schedule

    def _declare(self, namespace_id: int, app: str, schedules: Sequence[NewSchedule]) -> list[str]:
        for new in schedules:
            standing = self._find(namespace_id, new.definition.name)
            if standing is not None:
                check_is_apps(standing, app)
        for new in schedules:
            self._declare_one(namespace_id, app, new)
        names = {new.definition.name for new in schedules}
        retired = []
        for (namespace, name), row in sorted(self._cluster.schedules.items()):
            standing = row.schedule
            if namespace == namespace_id and standing.app == app and not standing.retired and name not in names:
                row.schedule = structs.replace(standing, retired=True, edition=standing.edition + 1)
                retired.append(name)
        return retired

    def _declare_one(self, namespace_id: int, app: str, new: NewSchedule) -> None:
        row = self._cluster.schedules.get((namespace_id, new.definition.name))
        if row is None:
            self._make(namespace_id, app, new)
            return
        standing = row.schedule
        if standing.definition == new.definition and not standing.retired:
            return
        if begins_anew(standing, new.definition):
            standing = structs.replace(standing, next_tick_us=new.next_tick_us)
            row.look_at_us, row.waiting_since_us = new.look_at_us, 0
        row.lane = new.lane
        row.schedule = structs.replace(standing, definition=new.definition, retired=False, edition=standing.edition + 1)

    def _page(self, namespace_id: int, lambda_id: LambdaId | None, after: str) -> list[Schedule]:
        return [
            structs.replace(row.schedule, definition=structs.replace(row.schedule.definition, payload=b""))
            for (namespace, name), row in sorted(self._cluster.schedules.items())
            if namespace == namespace_id and name > after and lambda_id in (None, lambda_of(row.lane))
        ]

    def _pause(self, namespace_id: int, name: str) -> Schedule | None:
        row = self._cluster.schedules.get((namespace_id, name))
        if row is None:
            return None
        if not row.schedule.paused:
            row.schedule = structs.replace(row.schedule, paused=True, edition=row.schedule.edition + 1)
        return row.schedule

    def _resume(self, seen: Schedule, next_tick_us: int, look_at_us: int) -> Schedule | None:
        row = self._cluster.schedules.get((seen.namespace_id, seen.definition.name))
        if row is None or (row.schedule.id, row.schedule.edition) != (seen.id, seen.edition):
            return None
        row.look_at_us, row.waiting_since_us = look_at_us, 0
        row.schedule = structs.replace(
            row.schedule, paused=False, retired=False, edition=seen.edition + 1, next_tick_us=next_tick_us
        )
        return row.schedule

    def _ticks(self, schedule_id: int) -> list[TickMade]:
        made = self._cluster.ticks_made
        return [TickMade(tick, task) for (id_, tick), task in sorted(made.items(), reverse=True) if id_ == schedule_id]

    def _backfill(self, schedule: Schedule, lane: LaneId, ticks: Sequence[TickMade]) -> list[TickMade]:
        row = self._cluster.schedules.get((schedule.namespace_id, schedule.definition.name))
        if row is None or row.schedule.id != schedule.id:
            raise NotFound(f"schedule {schedule.definition.name} is gone")
        past = [tick for tick in ticks if tick.tick_us <= self._cluster.now_us()]
        return make_tasks(self._cluster, row.schedule, lane, sorted(past, key=lambda tick: tick.tick_us))


class MemoryTicks:
    """`Ticks` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def due(self, buckets: BucketShare, limit: int) -> DueSchedules:
        return await self._trip("ticks.due", lambda: self._due(buckets, limit))

    async def advance(self, advances: Sequence[Advance], now_us: int) -> Advanced:
        return await self._trip("ticks.advance", lambda: self._advance_all(advances, now_us))

    async def look_now(self, schedule_ids: Sequence[int]) -> None:
        await self._trip("ticks.look_now", lambda: self._look_now(frozenset(schedule_ids)))

    def _due(self, buckets: BucketShare, limit: int) -> DueSchedules:
        now_us = self._cluster.now_us()
        mine = [row for row in self._cluster.schedules.values() if row.is_active and _is_in(row.bucket, buckets)]
        mine.sort(key=lambda row: (row.look_at_us, row.schedule.id))
        due = [self._as_due(row) for row in mine if row.look_at_us <= now_us]
        later = [row.look_at_us for row in mine if row.look_at_us > now_us]
        return DueSchedules(due[:limit], min(later, default=None), now_us)

    def _as_due(self, row: ScheduleRow) -> DueSchedule:
        schedule = row.schedule
        definition = schedule.definition
        return DueSchedule(
            id=schedule.id,
            edition=schedule.edition,
            rhythm=definition.rhythm,
            misfire=definition.misfire,
            overlap=definition.overlap,
            jitter_us=definition.jitter_us,
            seed=schedule.seed,
            next_tick_us=schedule.next_tick_us,
            look_at_us=row.look_at_us,
            waiting_since_us=row.waiting_since_us,
            last_task_id=schedule.last_task_id,
            last_task_lives=schedule.last_task_id in self._cluster.live,
            payload_bytes=len(definition.payload),
        )

    def _advance_all(self, advances: Sequence[Advance], now_us: int) -> Advanced:
        rows = {row.schedule.id: row for row in self._cluster.schedules.values()}
        store_us = self._cluster.now_us()
        moved: set[int] = set()
        lanes: set[LaneId] = set()
        for each in sorted(advances, key=lambda advance: advance.id):
            row = rows.get(each.id)
            if row is not None and row.is_active and _stands(row.schedule, each) and each.not_before_us <= store_us:
                moved.add(each.id)
                if self._advance(row, each, now_us) and self._cluster.lambdas[lambda_of(row.lane)].registered:
                    lanes.add(row.lane)
        return Advanced(frozenset(moved), frozenset(lanes), store_us)

    def _advance(self, row: ScheduleRow, advance: Advance, now_us: int) -> bool:
        schedule = row.schedule
        ticks = [TickMade(tick_us, task_id_of(schedule.id, tick_us, now_us)) for tick_us in advance.ticks_us]
        made = make_tasks(self._cluster, schedule, row.lane, ticks)
        last = made[-1] if made else TickMade(schedule.last_tick_us, schedule.last_task_id or TaskId(b""))
        row.look_at_us, row.waiting_since_us = advance.look_at_us, advance.waiting_since_us
        row.schedule = structs.replace(
            schedule,
            next_tick_us=advance.next_tick_us,
            last_tick_us=last.tick_us,
            last_task_id=last.task_id or None,
            passed_tick_us=advance.passed_tick_us or schedule.passed_tick_us,
            passed=schedule.passed if advance.passed is None else advance.passed,
        )
        return bool(made)

    def _look_now(self, schedule_ids: frozenset[int]) -> None:
        for row in self._cluster.schedules.values():
            if row.schedule.id in schedule_ids and row.waiting_since_us:
                row.look_at_us = min(row.look_at_us, self._cluster.now_us())


def make_tasks(cluster: MemoryCluster, schedule: Schedule, lane: LaneId, ticks: Sequence[TickMade]) -> list[TickMade]:
    """The tasks of those ticks that have none yet, due now in their order."""
    is_registered = cluster.lambdas[lambda_of(lane)].registered
    now_us = cluster.now_us()
    made = [tick for tick in ticks if (schedule.id, tick.tick_us) not in cluster.ticks_made]
    for place, tick in enumerate(made):
        cluster.ticks_made[schedule.id, tick.tick_us] = tick.task_id
        cluster.tasks[tick.task_id] = TaskRow(
            id=tick.task_id,
            namespace_id=schedule.namespace_id,
            lane=lane,
            payload=schedule.definition.payload,
            collection=schedule.definition.collection,
            scheduled_at_us=tick.tick_us,
            parent_id=None,
            retry_of=None,
            periodic_id=schedule.id,
        )
        if is_registered:
            cluster.put(Trigger(tick.task_id, lane, Status.NEW, now_us + place))
        else:
            look_us = now_us + round(HELD_LOOK_S * 1_000_000)
            cluster.put(Trigger(tick.task_id, lane, Status.HELD, look_us, held_for=HELD_FOR))
    return made


def _stands(schedule: Schedule, seen: Advance) -> bool:
    return (schedule.edition, schedule.next_tick_us) == (seen.edition, seen.seen_tick_us)


def _is_in(bucket: int, buckets: BucketShare) -> bool:
    return any(low <= bucket <= high for low, high in buckets)
