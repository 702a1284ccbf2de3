"""Task state: claims, heartbeats and results, under the fence (ATF's heartbeat and status controller)."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from penstock.flow.delivery_state import DeliveryState
from penstock.flow.pump import Pump
from penstock.model.changes import Change, Finish
from penstock.model.delivery import is_delivery
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.lifecycle import OWNED, Status
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.model.policy import DEFAULT_POLICY, LambdaPolicy
from penstock.model.task import Claimed, Report, Trigger
from penstock.model.verdict import WITHOUT_A_LOOK, decide, settle
from penstock.model.work import Beat, HeartbeatAnswer
from penstock.ports.signals import Signals, Topic
from penstock.ports.transitions import Transitions

log = logging.getLogger(__name__)

TRIPS_IN_FLIGHT_MAX: Final = 2
"""of each kind; the store has two connections' worth of use on a small machine"""
DECIDE_TRIES_MAX: Final = 3
"""a row can move between the look and the write, by a cancel request; more than this is a livelock"""


class TaskState:
    """Implements `ports.task_state.TaskState` on the store's transitions.

    `policy_of` names a lane's policy; `chance` draws a number from 0 to 1 for the jitter of backoffs; `deliveries` has
    the state of what is no task.
    """

    def __init__(
        self,
        transitions: Transitions,
        signals: Signals,
        policy_of: Callable[[LaneId], LambdaPolicy],
        chance: Callable[[], float],
        lease_s: float,
        deliveries: DeliveryState | None = None,
    ) -> None:
        self._deliveries = deliveries
        self._transitions = transitions
        self._signals = signals
        self._policy_of = policy_of
        self._chance = chance
        self._lease_s = lease_s
        self._claims = Pump(self._claim_trip, rows_max=BATCH_ROWS_MAX, in_flight_max=TRIPS_IN_FLIGHT_MAX)
        self._changes = Pump(transitions.apply, rows_max=BATCH_ROWS_MAX, in_flight_max=TRIPS_IN_FLIGHT_MAX)
        self.stale_reports = 0
        """reports refused because their claim was not the current one"""

    async def claim(self, ids: Sequence[TaskId], lane: LaneId | None = None) -> list[Claimed]:
        if self._deliveries is not None and (of_subjects := [each for each in ids if is_delivery(each)]):
            tasks = [each for each in ids if not is_delivery(each)]
            claimed = await self._deliveries.claim(of_subjects, lane)
            return claimed + await self.claim(tasks, lane) if tasks else claimed
        answers = await self._claims.carry(list(ids), lane)
        return [claimed for claimed in answers if claimed is not None]

    async def heartbeat(self, beats: Sequence[Beat]) -> HeartbeatAnswer:
        return await self._transitions.heartbeat(beats, self._lease_s)

    async def set_results(self, reports: Sequence[Report], lane: LaneId | None = None) -> list[TaskId]:
        of_subjects = [report for report in reports if is_delivery(report.id)]
        if of_subjects and self._deliveries is not None:
            stale = await self._deliveries.set_results(of_subjects, lane)
            self._count_stale(stale)
            tasks = [report for report in reports if not is_delivery(report.id)]
            return stale + await self.set_results(tasks, lane) if tasks else stale
        refused = await self._apply([settle(report) for report in reports if report.ending in WITHOUT_A_LOOK], lane)
        undecided = [report for report in reports if report.ending not in WITHOUT_A_LOOK]
        for _ in range(DECIDE_TRIES_MAX):
            if not undecided:
                break
            refused_now = set(await self._look_and_apply(undecided, lane))
            undecided = [report for report in undecided if report.id in refused_now]
        refused += [report.id for report in undecided]
        self._count_stale(refused)
        return refused

    def _count_stale(self, refused: Sequence[TaskId]) -> None:
        if refused:
            self.stale_reports += len(refused)
            log.info("%d reports refused: their claims are not current", len(refused))

    async def _claim_trip(self, ids: list[TaskId]) -> list[Claimed | None]:
        by_id = {claimed.id: claimed for claimed in await self._transitions.claim(ids, self._lease_s)}
        return [by_id.pop(task_id, None) for task_id in ids]

    async def _look_and_apply(self, reports: list[Report], lane: LaneId | None) -> list[TaskId]:
        rows = await self._transitions.read([report.id for report in reports])
        refused = await self._apply([self._decided(report, rows.get(report.id)) for report in reports], lane)
        moved = {row.lane for row in rows.values() if row.id not in refused}
        if moved:
            self._signals.send(Topic.DUE, b"".join(lane.to_bytes(8, "big") + bytes(8) for lane in moved))
        return refused

    def _decided(self, report: Report, row: Trigger | None) -> Change:
        if row is None or row.claim != report.claim or row.status not in OWNED:
            # Only the store can tell a stale report from one that it has applied before: let it say so.
            row = Trigger(report.id, LaneId(0), Status.PROCESSING, 0, claim=report.claim)
            return decide(row, report, DEFAULT_POLICY, 0.0)
        return decide(row, report, self._policy_of(row.lane), self._chance())

    async def _apply(self, changes: Sequence[Change], lane: LaneId | None) -> list[TaskId]:
        applied = await self._changes.carry(list(changes), lane)
        ended = [change.id for change, done in zip(changes, applied, strict=True) if done and type(change) is Finish]
        if ended:
            self._signals.send(Topic.ENDED, b"".join(ended))
        return [change.id for change, done in zip(changes, applied, strict=True) if not done]
