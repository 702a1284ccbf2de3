"""Periodic schedules by name: small, read by people, written by people and when workers start."""

from collections.abc import Sequence
from typing import Final

from penstock.adapters.postgres.periodic_rows import columns_of, schedule_of
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.errors import NotFound
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId
from penstock.model.periodic import NewSchedule, Schedule, begins_anew, check_is_apps, check_is_same
from penstock.ports.periodic import TickMade

_MAKE: Final = statement("schedules_make")
_LOCK: Final = statement("schedules_lock")
_FIND: Final = statement("schedule_find")
_CHANGE: Final = statement("schedules_change")
_RETIRE: Final = statement("schedules_retire")
_PAGE: Final = statement("schedules_page")
_DELETE: Final = statement("schedule_delete")
_PAUSE: Final = statement("schedule_pause")
_RESUME: Final = statement("schedule_resume")
_OF_TASK: Final = statement("schedule_of_task")
_TICKS: Final = statement("schedule_ticks")
_BACKFILL: Final = statement("ticks_backfill")
_NOT_CHANGED: Final = ("bucket", "seed")


class PostgresSchedules:
    """See `ports.periodic.Schedules`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def create(self, namespace_id: int, new: NewSchedule) -> Schedule:
        """A schedule of its own."""
        async with self._pool.transaction() as connection:
            await _make(connection, namespace_id, "", [new])
            [standing] = await _lock(connection, namespace_id, [new.definition.name])
        check_is_same(standing, new.definition)
        return standing

    async def declare(self, namespace_id: int, app: str, schedules: Sequence[NewSchedule]) -> list[str]:
        """All schedules of an app."""
        names = [new.definition.name for new in schedules]
        async with self._pool.transaction() as connection:
            stood = {each.definition.name: each for each in await _lock(connection, namespace_id, names)}
            await _make(connection, namespace_id, app, [new for new in schedules if new.definition.name not in stood])
            standing = {each.definition.name: each for each in await _lock(connection, namespace_id, names)}
            for each in standing.values():
                check_is_apps(each, app)
            changed = [
                new
                for new in schedules
                if standing[new.definition.name].definition != new.definition or standing[new.definition.name].retired
            ]
            await _change(connection, namespace_id, changed, standing)
            return [row[0] for row in await connection.fetch(_RETIRE, namespace_id, app, names)]

    async def find(self, namespace_id: int, name: str) -> Schedule | None:
        """By its name."""
        row = await self._pool.row(_FIND, namespace_id, name)
        return None if row is None else schedule_of(row)

    async def page(self, namespace_id: int, lambda_id: LambdaId | None, after: str, limit: int) -> list[Schedule]:
        """By rising name."""
        return [schedule_of(row) for row in await self._pool.fetch(_PAGE, namespace_id, after, lambda_id, limit)]

    async def delete(self, namespace_id: int, name: str) -> bool:
        """Its tasks stay."""
        return await self._pool.value(_DELETE, namespace_id, name) is not None

    async def pause(self, namespace_id: int, name: str) -> Schedule | None:
        """No tick makes a task from now on."""
        async with self._pool.transaction() as connection:
            await connection.execute(_PAUSE, namespace_id, name)
            return next(iter(await _lock(connection, namespace_id, [name])), None)

    async def resume(self, seen: Schedule, next_tick_us: int, look_at_us: int) -> Schedule | None:
        """Ticks make tasks again."""
        async with self._pool.transaction() as connection:
            name = await connection.fetchval(_RESUME, seen.id, seen.edition, next_tick_us, look_at_us)
            return None if name is None else next(iter(await _lock(connection, seen.namespace_id, [name])), None)

    async def ticks(self, schedule_id: int, limit: int) -> list[TickMade]:
        """The last ticks that made a task."""
        return [TickMade(row[0], TaskId(row[1])) for row in await self._pool.fetch(_TICKS, schedule_id, limit)]

    async def made(self, task_id: TaskId) -> str:
        """The name of the schedule whose tick the task is."""
        name: str | None = await self._pool.value(_OF_TASK, task_id)
        return name or ""

    async def backfill(self, schedule: Schedule, lane: LaneId, ticks: Sequence[TickMade]) -> list[TickMade]:
        """Make the tasks of past ticks."""
        found, made_us, ids = await self._pool.row(
            _BACKFILL, schedule.id, lane, [tick.tick_us for tick in ticks], [tick.task_id for tick in ticks]
        )
        if not found:
            raise NotFound(f"schedule {schedule.definition.name} is gone")
        return [TickMade(tick_us, TaskId(task_id)) for tick_us, task_id in zip(made_us, ids, strict=True)]


async def _make(connection: Connection, namespace_id: int, app: str, schedules: Sequence[NewSchedule]) -> None:
    if schedules:
        await connection.execute(_MAKE, namespace_id, app, *columns_of(schedules).values())


async def _lock(connection: Connection, namespace_id: int, names: Sequence[str]) -> list[Schedule]:
    return [schedule_of(row) for row in await connection.fetch(_LOCK, namespace_id, names)]


async def _change(
    connection: Connection, namespace_id: int, schedules: Sequence[NewSchedule], standing: dict[str, Schedule]
) -> None:
    if schedules:
        columns = [column for name, column in columns_of(schedules).items() if name not in _NOT_CHANGED]
        anew = [begins_anew(standing[new.definition.name], new.definition) for new in schedules]
        await connection.execute(_CHANGE, namespace_id, *columns, anew)
