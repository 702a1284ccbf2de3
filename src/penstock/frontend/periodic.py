"""Periodic schedules: made, looked at, paused, deleted, and their past ticks made up for."""

import asyncio
from collections.abc import Sequence
from typing import Final

from penstock.frontend.announcer import due_body
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.page_token import NameSeal
from penstock.frontend.payloads import payload_problem
from penstock.frontend.periodic_calls import Backfilled, Created, ScheduleList, SchedulePage, ScheduleView
from penstock.model.errors import InvalidInput, LimitExceeded, NotFound, Unavailable
from penstock.model.identity import bucket_of_key
from penstock.model.lane import LambdaId, Priority, lane_of
from penstock.model.limits import (
    BACKFILL_TICKS_MAX,
    BATCH_BYTES_MAX,
    BATCH_ROWS_MAX,
    LIST_PAGE_DEFAULT,
    LIST_PAGE_MAX,
    NEXT_TICKS_MAX,
    SCHEDULES_PER_APP_MAX,
)
from penstock.model.names import check_lambda_name, check_name, check_schedule_name
from penstock.model.periodic import Definition, NewSchedule, Schedule, due_us, task_id_of
from penstock.model.rhythm import Rhythm
from penstock.ports.clock import StoreClock
from penstock.ports.periodic import Schedules, TickMade
from penstock.ports.signals import Signals, Topic

TICKS_SHOWN: Final = 10
_TRIES: Final = 10
_NOBODYS: Final = LambdaId(0)
_TICKS_A_TURN: Final = 250
"""computed in one go; then others on this loop have their turn"""


class PeriodicDesk:
    """`page_key`: as for `InquiryDesk`."""

    def __init__(
        self, schedules: Schedules, book: LambdaBook, clock: StoreClock, signals: Signals, page_key: bytes
    ) -> None:
        self._schedules = schedules
        self._book = book
        self._clock = clock
        self._signals = signals
        self._seal = NameSeal(page_key)

    async def create(self, namespace: str, definition: Definition) -> Created:
        """A schedule of its own; the same again is the one that stands.

        Raises `InvalidInput`, `Conflict` when the name is another schedule's, `Unavailable`.
        """
        checked = _checked(definition)
        namespace_id = await self._book.namespace_id(namespace)
        record = (await self._book.resolve(namespace_id, [checked.lambda_name]))[checked.lambda_name]
        schedule = await self._schedules.create(namespace_id, self._new(namespace_id, record.id, checked))
        self._signals.send(Topic.PERIODIC, b"")
        warnings = [f"{record.name}: no worker has registered it; its tasks are held until one does"]
        return Created(schedule, [] if record.registered else warnings)

    async def declare(self, namespace: str, app: str, definitions: Sequence[Definition]) -> list[str]:
        """All schedules in the code of an app; answers the names of those that are no longer in it and were retired.

        Raises `InvalidInput`, `Conflict` when a name is another's, `Unavailable`; then nothing has changed.
        """
        check_name("app", app)
        checked = _checked_all(definitions)
        namespace_id = await self._book.namespace_id(namespace)
        names = {definition.lambda_name for definition in checked}
        records = await self._book.resolve(namespace_id, names) if names else {}
        retired = await self._schedules.declare(
            namespace_id,
            app,
            [self._new(namespace_id, records[each.lambda_name].id, each) for each in checked],
        )
        self._signals.send(Topic.PERIODIC, b"")
        return retired

    async def get(self, namespace: str, name: str) -> ScheduleView:
        """All about one schedule; raises `NotFound`, `Unavailable`."""
        schedule = await self._find(namespace, name)
        return ScheduleView(schedule, await self._schedules.ticks(schedule.id, TICKS_SHOWN))

    async def list_schedules(self, call: ScheduleList) -> SchedulePage:
        """One page by name; raises `InvalidInput`, `Unavailable`."""
        if not 0 <= call.page_size <= LIST_PAGE_MAX:
            raise LimitExceeded("page_size", f"{call.page_size} is outside of 1 to {LIST_PAGE_MAX}")
        limit = call.page_size or LIST_PAGE_DEFAULT
        namespace_id = await self._book.known_namespace_id(call.namespace)
        scope = (namespace_id, call.lambda_name)
        after = self._seal.last(scope, call.page_token) if call.page_token else ""
        lambda_id = await self._lambda_id(namespace_id, call.lambda_name) if call.lambda_name else None
        found = await self._schedules.page(namespace_id, lambda_id, after, limit + 1)
        page = found[:limit]
        more = self._seal.token(scope, page[-1].definition.name) if len(found) > limit else ""
        return SchedulePage(page, more)

    async def delete(self, namespace: str, name: str) -> None:
        """Its tasks stay; raises `NotFound`, `Unavailable`."""
        namespace_id = await self._book.known_namespace_id(namespace)
        if not await self._schedules.delete(namespace_id, check_schedule_name(name)):
            raise _not_found(name)

    async def pause(self, namespace: str, name: str) -> Schedule:
        """No tick makes a task from now on; raises `NotFound`, `Unavailable`."""
        namespace_id = await self._book.known_namespace_id(namespace)
        schedule = await self._schedules.pause(namespace_id, check_schedule_name(name))
        if schedule is None:
            raise _not_found(name)
        return schedule

    async def resume(self, namespace: str, name: str) -> Schedule:
        """Ticks from now on make tasks again; those of the pause do not. Raises `NotFound`, `Unavailable`."""
        for _ in range(_TRIES):
            seen = await self._find(namespace, name)
            if not seen.paused and not seen.retired:
                return seen
            tick_us = seen.definition.rhythm.next_tick_us(self._clock.now_us())
            look_at_us = due_us(tick_us, seen.seed, seen.definition.jitter_us)
            resumed = await self._schedules.resume(seen, tick_us, look_at_us)
            if resumed is not None:
                self._signals.send(Topic.PERIODIC, b"")
                return resumed
        raise Unavailable(f"schedule {name} is being changed by others; try again")

    async def next_ticks(self, namespace: str, name: str, count: int) -> list[int]:
        """The next ticks that are to come, without jitter; raises `InvalidInput`, `NotFound`, `Unavailable`."""
        if not 1 <= count <= NEXT_TICKS_MAX:
            raise LimitExceeded("count", f"{count} is outside of 1 to {NEXT_TICKS_MAX}")
        schedule = await self._find(namespace, name)
        rhythm, tick_us = schedule.definition.rhythm, schedule.next_tick_us
        if schedule.paused or schedule.retired:
            tick_us = rhythm.next_tick_us(self._clock.now_us())
        ticks = [tick_us]
        while len(ticks) < count:
            ticks.append(rhythm.next_tick_us(ticks[-1]))
        return ticks

    async def backfill(self, namespace: str, name: str, from_us: int, until_us: int) -> Backfilled:
        """A task of low priority for each tick from `from_us` until before `until_us` that has made none.

        Overlaps and misfires do not matter to it. Raises `InvalidInput` for a range that is empty, not over yet, or of
        more than `BACKFILL_TICKS_MAX` ticks, and then makes none; `NotFound`; `Unavailable`: some may have been made,
        and a repeated call makes the others.
        """
        now_us = self._clock.now_us()
        if from_us < 0:
            raise InvalidInput("from", f"{from_us} is before 1970")
        if until_us <= from_us:
            raise InvalidInput("until", "is not after from; give a range that has ticks")
        if until_us > now_us:
            raise InvalidInput("until", "is in the future; ticks to come make their tasks by themselves")
        schedule = await self._find(namespace, name)
        ticks = await _ticks_in(schedule.definition.rhythm, from_us, until_us)
        lambda_id = await self._lambda_id(schedule.namespace_id, schedule.definition.lambda_name)
        lane = lane_of(lambda_id, Priority.LOW)
        step = max(1, min(BATCH_ROWS_MAX, BATCH_BYTES_MAX // len(schedule.definition.payload)))
        made = 0
        for at in range(0, len(ticks), step):
            batch = [TickMade(tick, task_id_of(schedule.id, tick, now_us)) for tick in ticks[at : at + step]]
            made += len(await self._schedules.backfill(schedule, lane, batch))
            self._signals.send(Topic.DUE, due_body({lane: self._clock.now_us()}))
        return Backfilled(made, len(ticks) - made)

    async def _find(self, namespace: str, name: str) -> Schedule:
        namespace_id = await self._book.known_namespace_id(namespace)
        schedule = await self._schedules.find(namespace_id, check_schedule_name(name))
        if schedule is None:
            raise _not_found(name)
        return schedule

    async def _lambda_id(self, namespace_id: int, name: str) -> LambdaId:
        """Of a lambda that only is looked for: none is made for a name that nobody knows."""
        known = await self._book.known(namespace_id, [check_lambda_name(name)])
        return known[name].id if name in known else _NOBODYS

    def _new(self, namespace_id: int, lambda_id: LambdaId, definition: Definition) -> NewSchedule:
        place = f"{namespace_id}/{definition.name}".encode()
        tick_us = definition.rhythm.next_tick_us(self._clock.now_us())
        return NewSchedule(
            definition=definition,
            lane=lane_of(lambda_id, definition.priority),
            seed=place,
            bucket=bucket_of_key(place),
            next_tick_us=tick_us,
            look_at_us=due_us(tick_us, place, definition.jitter_us),
        )


def _checked(definition: Definition) -> Definition:
    wrong = payload_problem(definition.payload)
    if wrong:
        raise InvalidInput("payload", wrong)
    return definition.check()


def _checked_all(definitions: Sequence[Definition]) -> list[Definition]:
    if len(definitions) > SCHEDULES_PER_APP_MAX:
        raise LimitExceeded("schedules", f"are {len(definitions)}; the limit is {SCHEDULES_PER_APP_MAX}")
    checked: dict[str, Definition] = {}
    for definition in definitions:
        try:
            tidy = _checked(definition)
        except InvalidInput as error:
            raise InvalidInput(f"{error.field} of schedule {definition.name[:80]}", error.problem) from None
        if tidy.name in checked:
            raise InvalidInput("schedules", f"name {tidy.name} twice; give one of them another name=")
        checked[tidy.name] = tidy
    return list(checked.values())


async def _ticks_in(rhythm: Rhythm, from_us: int, until_us: int) -> list[int]:
    ticks: list[int] = []
    while len(ticks) <= BACKFILL_TICKS_MAX:
        some = rhythm.ticks_us(ticks[-1] + 1 if ticks else from_us, until_us, _TICKS_A_TURN)
        ticks += some
        if len(some) < _TICKS_A_TURN:
            break
        await asyncio.sleep(0)
    if not ticks:
        raise InvalidInput("from", "has no tick between it and until; `penstock periodic next` shows when ticks are")
    if len(ticks) > BACKFILL_TICKS_MAX:
        raise LimitExceeded(
            "until", f"leaves more than {BACKFILL_TICKS_MAX} ticks, the limit of one backfill; take a shorter range"
        )
    return ticks


def _not_found(name: str) -> NotFound:
    return NotFound(f"no periodic schedule {name[:200]} in this namespace; `penstock periodic list` shows them")
