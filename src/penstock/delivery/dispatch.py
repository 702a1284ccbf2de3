"""Matches credit with references, claims, and hands over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from functools import partial
from typing import Final

from penstock.delivery.attendance import attendance_of
from penstock.delivery.choice import Choice, Pool
from penstock.delivery.gate_teller import GateTeller
from penstock.delivery.lane import LaneInHand, Ticket
from penstock.delivery.session import Moment, Session
from penstock.delivery.stranded import Stranded
from penstock.model.attendance import Attendance
from penstock.model.errors import PenstockError
from penstock.model.identity import TaskId, split_ids
from penstock.model.lane import LambdaId, LaneId, lambda_of, lanes_of, priority_of
from penstock.model.lifecycle import Event
from penstock.model.task import Claimed, ClaimKey, Report
from penstock.model.verdict import tries
from penstock.model.work import Assignment, Hello, WorkMessage
from penstock.ports.gates import Gates
from penstock.ports.lanes import LaneGauges
from penstock.ports.quotas import UNLIMITED_STARTS, StartQuotas
from penstock.ports.signals import Signals, Topic
from penstock.ports.task_state import TaskState
from penstock.ports.transitions import Transitions
from penstock.ports.work_queue import WorkQueue

log = logging.getLogger(__name__)

CHUNK: Final = 200
"""ids asked for in one claim for one executor: small enough that several executors share a burst"""
TEND_EVERY_S: Final = 1.0
RETRY_S: Final = 0.5

LambdaIds = Callable[[str, Sequence[str]], Awaitable[dict[str, LambdaId]]]
"""(namespace, full names) -> their numbers"""


class Delivery:
    """Every method runs on one loop. `run` tends what is in hand; sessions are opened and closed by the server."""

    def __init__(
        self,
        task_state: TaskState,
        transitions: Transitions,
        queue: WorkQueue,
        gauges: LaneGauges,
        signals: Signals,
        lambda_ids: LambdaIds,
        lease_s: float,
        heartbeat_s: float,
        gates: Gates,
        quotas: StartQuotas = UNLIMITED_STARTS,
    ) -> None:
        self._task_state = task_state
        self._transitions = transitions
        self._queue = queue
        self._gauges = gauges
        self._lambda_ids = lambda_ids
        self._first = WorkMessage(lease_s=lease_s, heartbeat_s=heartbeat_s, takes_results=True)
        self._lanes: dict[LaneId, LaneInHand] = {}
        self._choice = Choice(self._lanes, quotas, lambda: asyncio.get_running_loop().time())
        self._pools: dict[Session, Pool] = {}
        self._quotas = quotas
        quotas.when_more(self._on_more_quota)
        self._sessions: dict[LambdaId, list[Session]] = {}
        self.gates = GateTeller(gates, signals, self._each_session)
        self._stranded = Stranded(task_state, transitions, lease_s)
        self._without_credit: set[LaneId] = set()
        self._puts_off = False
        self._refused_last = False
        self._without_quarantine: set[LaneId] = set()
        self._quarantines_asked = 0
        self._background: set[asyncio.Task[None]] = set()
        self._stop_listening = signals.listen(Topic.CANCEL, self._hear_cancels)

    async def open(self, hello: Hello) -> Session:
        """A new credit stream; raises `Unavailable` when its lambdas cannot be looked up."""
        ids = await self._lambda_ids(hello.namespace, hello.lambdas)
        session = Session(hello, {lambda_id: name for name, lambda_id in ids.items()}, self._first)
        self._stranded.opened(session)
        self._pools[session] = self._choice.enter(session)
        session.when_credit_comes(lambda: self._on_credit(session))
        for lambda_id in session.lambdas:
            self._sessions.setdefault(lambda_id, []).append(session)
            for lane in lanes_of(lambda_id):
                if lane not in self._lanes:
                    self._lanes[lane] = LaneInHand(lane, self._queue, partial(self._on_arrival, lane))
        return session

    def close(self, session: Session) -> None:
        """The stream ended: what it had not been sent is handed back, lanes nobody serves are let go."""
        left = session.close()
        self._pools.pop(session, None)
        self._stranded.closed(session)
        self._release([(assignment.id, assignment.claim) for assignment in left])
        for lambda_id in session.lambdas:
            others = [other for other in self._sessions.get(lambda_id, ()) if other is not session]
            if others:
                self._sessions[lambda_id] = others
                continue
            self._sessions.pop(lambda_id, None)
            for lane in lanes_of(lambda_id):
                if lane in self._lanes:
                    self._start(self._lanes.pop(lane).close())

    async def executor_is_gone(self, executor: str, namespace: str | None = None) -> int:
        """It was reaped and its board is reported: hands back what was on its way to it; answers how many.

        `namespace`: only if it is this one's.
        """
        return await self._stranded.release(executor, namespace)

    async def run(self) -> None:
        """Keep what is in hand, return what nobody has credit for, ask for quarantine; until cancelled."""
        try:
            while True:
                await asyncio.sleep(TEND_EVERY_S)
                await self.tend()
        finally:
            self._stop_listening()

    async def tend(self) -> None:
        """One round of `run`."""
        for lane_id, lane in list(self._lanes.items()):
            self._tend_suspects(lane_id, lane)
            if not self._waits_for_credit(lane_id, lane):
                self._without_credit.discard(lane_id)
                await lane.keep()
            elif lane_id in self._without_credit:
                await lane.put_back()
            else:
                self._without_credit.add(lane_id)
                await lane.keep()

    def attendance(self) -> dict[LambdaId, Attendance]:
        """Who has streams open here, by lambda."""
        return attendance_of(self._each_session())

    def _each_session(self) -> Iterable[Session]:
        return dict.fromkeys(session for sessions in self._sessions.values() for session in sessions)

    def _waits_for_credit(self, lane_id: LaneId, lane: LaneInHand) -> bool:
        """Nobody here takes what is in hand now. A quarantine's credit is none for innocents."""
        if lane.ready:
            sessions = self._sessions.get(lambda_of(lane_id), ())
            return not any(session.credit > 0 and not session.hello.quarantine for session in sessions)
        return lane.suspects and self._credit(lane_id) <= 0

    def _tend_suspects(self, lane_id: LaneId, lane: LaneInHand) -> None:
        """Ask for quarantine; when it does not come here, it may be at another orchestrator, and so must they."""
        if not lane.suspects:
            self._without_quarantine.discard(lane_id)
        elif self._has_quarantine(lane_id):  # a busy one: its worker may have room for one more
            self._without_quarantine.discard(lane_id)
            self._want_quarantine(lane_id)
        elif lane_id in self._without_quarantine:
            self._without_quarantine.discard(lane_id)
            lane.put_back_suspects()
        else:
            self._without_quarantine.add(lane_id)
            self._want_quarantine(lane_id)

    def _on_arrival(self, lane: LaneId) -> None:
        if lane not in self._lanes:
            return  # it is being let go: what still comes is put back
        if self._lanes[lane].suspects and not self._has_quarantine(lane):
            self._want_quarantine(lane)
        self._match(self._sessions.get(lambda_of(lane), ()))

    def _on_more_quota(self, lambda_id: LambdaId) -> None:
        self._match(self._sessions.get(lambda_id, ()))

    def _on_credit(self, session: Session) -> None:
        self._match((session,))
        for lambda_id in session.lambdas:
            for lane in lanes_of(lambda_id):
                if lane in self._lanes:
                    self._lanes[lane].expect(self._credit(lane))

    def _match(self, sessions: Sequence[Session]) -> None:
        """Give each session with credit a chunk, the freest first, until credit or references run out."""
        if self._puts_off:
            return
        hungry = [session for session in sessions if session.credit > 0]
        while hungry:
            hungry.sort(key=_most_credit_first)
            hungry = [session for session in hungry if self._take_chunk(session) and session.credit > 0]

    def _take_chunk(self, session: Session) -> bool:
        pool = self._pools.get(session)
        chosen = self._choice.next_lane(session, pool, min(session.credit, CHUNK)) if pool else None
        if pool is None or chosen is None:
            return False
        lane, count = chosen
        ticket = lane.take(count, session.hello.quarantine)
        if ticket is None:
            return False
        self._choice.served(pool, lane.lane, len(ticket.ids))
        session.taken += len(ticket.ids)
        self._start(self._claim(session, lane, ticket, session.moment))
        return True

    async def _claim(self, session: Session, lane: LaneInHand, ticket: Ticket, asked: Moment) -> None:
        try:
            claimed = await self._task_state.claim(ticket.ids, lane.lane)
        except PenstockError as error:
            session.taken -= len(ticket.ids)
            self._quotas.give_back(lane.lane, len(ticket.ids))
            ticket.give_back()
            if not self._puts_off:
                await self._put_off(error)
            return
        self._refused_last = False
        ticket.settle()
        session.taken -= len(ticket.ids) - len(claimed)
        if len(claimed) < len(ticket.ids):
            self._quotas.give_back(lane.lane, len(ticket.ids) - len(claimed))
        self._gauges.drained(lane.lane, len(claimed), lane.waiting)
        self._hand_over(session, claimed, asked)
        if len(claimed) < len(ticket.ids) and session.credit > 0:
            self._match((session,))

    async def _put_off(self, error: PenstockError) -> None:
        """Nobody asks the store for a moment, then all do: not once more for each claim that it did not answer."""
        log.log(logging.DEBUG if self._refused_last else logging.WARNING, "claims are put off: %s", error)
        self._puts_off = self._refused_last = True
        await asyncio.sleep(RETRY_S)
        self._puts_off = False
        self._match(list(self._each_session()))

    def _hand_over(self, session: Session, claimed: list[Claimed], asked: Moment) -> None:
        if session.closed:
            self._release([(task.id, task.claim) for task in claimed])
            return
        if not session.hello.quarantine and any(task.suspect for task in claimed):
            suspects = [task for task in claimed if task.suspect]
            session.taken -= len(suspects)
            self._release([(task.id, task.claim) for task in suspects])
            claimed = [task for task in claimed if not task.suspect]
        if claimed:
            session.assign(asked, _assignments(claimed, session))

    def _release(self, keys: list[tuple[TaskId, int]]) -> None:
        if keys:
            reports = [Report(task_id, claim, Event.RELEASE) for task_id, claim in keys]
            self._start(self._report(reports))

    async def _report(self, reports: list[Report]) -> None:
        try:
            await self._task_state.set_results(reports)
        except PenstockError as error:
            log.warning("%d claims could not be handed back and wait for their lease: %s", len(reports), error)

    def _credit(self, lane: LaneId) -> int:
        return sum(max(0, session.credit) for session in self._sessions.get(lambda_of(lane), ()))

    def _want_quarantine(self, lane: LaneId) -> None:
        """Asks one worker after the other."""
        sessions = self._sessions.get(lambda_of(lane), [])
        sessions = [session for session in sessions if not session.is_silent]
        ordinary = [session for session in sessions if not session.hello.quarantine] or sessions
        if ordinary:
            self._quarantines_asked += 1
            asked = ordinary[self._quarantines_asked % len(ordinary)]
            asked.want_quarantine(asked.lambdas[lambda_of(lane)])

    def _has_quarantine(self, lane: LaneId) -> bool:
        sessions = self._sessions.get(lambda_of(lane), ())
        return any(session.hello.quarantine and not session.is_silent for session in sessions)

    def _hear_cancels(self, body: bytes) -> None:
        if self._sessions:
            self._start(self._pass_on_cancels(split_ids(body)))

    async def _pass_on_cancels(self, ids: list[TaskId]) -> None:
        try:
            rows = await self._transitions.read(ids)
        except PenstockError:
            return  # the next heartbeat tells them
        for row in rows.values():
            for session in self._sessions.get(lambda_of(row.lane), ()):
                session.cancel([ClaimKey(row.id, row.claim)])

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _most_credit_first(session: Session) -> int:
    return -session.credit


def _assignments(claimed: list[Claimed], session: Session) -> list[Assignment]:
    """What was claimed at once is of one lane."""
    lane = claimed[0].lane
    name, priority = session.lambdas[lambda_of(lane)], priority_of(lane)
    return [
        Assignment(
            task.id,
            task.claim,
            name,
            task.payload,
            tries(task.attempts, task.crashes, task.suspect),
            task.scheduled_at_us,
            task.collection,
            priority,
            task.events,
            task.span,
        )
        for task in claimed
    ]
