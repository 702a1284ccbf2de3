"""The executor: takes claims, runs them, reports them, and knows when to leave.

Everything here runs on the platform's loop. Users' code runs on the other side of the seat: on the
users' loop or on threads. The two meet in two queues with a doorbell each.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence

from penstock.execution.coroutines import CoroutineRunner
from penstock.execution.departure import Departure
from penstock.execution.doorbell import Doorbell
from penstock.execution.endings import handed_back, misdirected
from penstock.execution.failure_log import FailureLog
from penstock.execution.gate_sight import TELL_S
from penstock.execution.heartbeat import Heartbeater
from penstock.execution.held import Held, Pool, Runner, Stage, Workload
from penstock.execution.intake import Intake
from penstock.execution.ledger import Ledger
from penstock.execution.reporter import Reporter
from penstock.execution.runnable import Runnable
from penstock.execution.threads import ThreadRunner
from penstock.execution.tuning import ExecutorTuning, Terms
from penstock.execution.turn import Turn
from penstock.execution.watch import Watch
from penstock.model.task import NO_FAILURE, Report
from penstock.model.work import Hello, WorkMessage
from penstock.ports.hosts import ExecutorSpec, LeaseTold, Leaving, QuarantineWanted
from penstock.ports.orchestrators import Orchestrators
from penstock.ports.seat import Seat

_LOG = logging.getLogger("penstock.execution")

MakeRunner = Callable[[Seat, Turn, int], Runner]
"""Given the slots that it has."""


class Executor:
    """One executor. `run` returns when it has stopped cleanly; else its process is killed under it.

    `plain_runner` makes what runs plain functions: a simulation has no threads. `coroutine_runner` makes what runs all
    else: an endpoint is called where code would run. `allowance`: how many claims may be held now; None: any number.
    """

    def __init__(
        self,
        spec: ExecutorSpec,
        lambdas: Mapping[str, Runnable],
        orchestrators: Orchestrators,
        seat: Seat,
        tuning: ExecutorTuning,
        plain_runner: MakeRunner = ThreadRunner,
        coroutine_runner: MakeRunner = CoroutineRunner,
        allowance: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._plain_runner = plain_runner
        self._coroutine_runner = coroutine_runner
        self._allowance = allowance
        self._spec = spec
        self._orchestrators = orchestrators
        self._seat = seat
        self._tuning = tuning
        self._terms = Terms()
        self._ended: deque[Held] = deque()
        self._failures = FailureLog()
        self._bell = Doorbell(seat.post_to_platform, self._collect)
        self._ledger = Ledger(seat, self._freed)
        self.reporter = Reporter(spec.name, orchestrators, seat, self._terms, self._ledger.forget)
        self._work = self._workloads(lambdas)
        self._intakes = self._make_intakes()
        self._departure = Departure(seat, tuning, self._ledger, self._stop_taking)

    def _workloads(self, lambdas: Mapping[str, Runnable]) -> dict[str, Workload]:
        turn = Turn(self._seat, self._terms, self._hand_over)
        slots = (1, 1) if self._spec.quarantine else (self._tuning.concurrency, self._tuning.threads)
        self._runners: tuple[Runner, Runner] = (
            self._coroutine_runner(self._seat, turn, slots[0]),
            self._plain_runner(self._seat, turn, slots[1]),
        )
        coroutines, threads = self._runners
        return {
            name: Workload(lambdas[name], index, self._spec.name, coroutines if lambdas[name].is_async else threads)
            for index, name in enumerate(self._spec.lambdas)
        }

    def _make_intakes(self) -> Sequence[Intake]:
        """One stream for coroutines and one for threads, so that neither waits for the other's slots."""
        if self._spec.quarantine:
            return [self._intake(self._spec.lambdas, 1, prefetches=False)]
        kinds = [
            (tuple(name for name, work in self._work.items() if work.is_async), self._tuning.concurrency),
            (tuple(name for name, work in self._work.items() if not work.is_async), self._tuning.threads),
        ]
        return [self._intake(names, slots, prefetches=True) for names, slots in kinds if names]

    def _intake(self, names: tuple[str, ...], slots: int, prefetches: bool) -> Intake:
        hello = Hello(
            executor=self._spec.name,
            namespace=self._tuning.namespace,
            lambdas=names,
            version=self._tuning.version,
            locality=self._tuning.locality,
            quarantine=self._spec.quarantine,
        )
        return Intake(
            hello,
            slots,
            prefetches,
            self._orchestrators,
            self._seat,
            self._terms,
            self._room,
            self._receive,
        )

    def _room(self) -> int:
        """How many more claims may be held. A suspect is alone until its report is accepted: a crash is its own."""
        held = len(self._ledger)
        if self._spec.quarantine:
            return 1 - held
        allowed = self._allowance()
        return self._ledger.room if allowed is None else min(self._ledger.room, allowed - held)

    async def run(self) -> None:
        """Until a clean stop."""
        heartbeater = Heartbeater(
            self._spec.name,
            self._orchestrators,
            self._ledger,
            self._seat,
            self._terms,
            self._tuning.heartbeat_timeout_s,
        )
        watch = Watch(self._ledger, self._seat, self._terms, self._tuning.cancel_grace_s, self._departure.stuck)
        services = [
            heartbeater.run(),
            watch.run(),
            self.reporter.run(),
            self._ask_for_gates(),
            *(one.run() for one in self._intakes),
        ]
        if self._spec.quarantine:
            services.append(self._leave_when_idle())
        tasks = [asyncio.create_task(service) for service in services]
        leaving = asyncio.create_task(self._departure.run())
        try:
            done, _ = await asyncio.wait((leaving, *tasks), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # a service never returns: only its error can be here
            if not leaving.done():  # the quarantine's idle watch has asked for a stop
                await leaving
            self._seat.say(Leaving())
        finally:
            self._failures.close()
            for task in (leaving, *tasks):
                task.cancel()
            await asyncio.gather(leaving, *tasks, return_exceptions=True)

    def stop(self, interrupt: bool = False) -> None:
        """Hand back what waits, let finish what runs (or, with `interrupt`, cancel it now), then `run` returns."""
        self._departure.ask(interrupt)

    async def _leave_when_idle(self) -> None:
        while True:
            await self._ledger.wait_until_empty()
            try:
                async with asyncio.timeout(self._tuning.idle_exit_s):
                    await self._ledger.wait_until_occupied()
            except TimeoutError:
                self.stop()
                return

    def _receive(self, intake: Intake, message: WorkMessage) -> None:
        if message.lease_s:
            self._terms.lease_s = message.lease_s
            self._seat.say(LeaseTold(message.lease_s))
        if message.heartbeat_s:
            self._terms.heartbeat_s = message.heartbeat_s
        if message.gates is not None:
            intake.sight.hear(message.gates)
            self._obey_gates(intake)
        if message.assignments:
            self._accept(intake, message)
        for key in message.cancels:
            self._ledger.cancel(key)
        if message.quarantine_wanted:
            self._seat.say(QuarantineWanted(tuple(message.quarantine_wanted)))

    def _accept(self, intake: Intake, message: WorkMessage) -> None:
        deadline_us = message.stamp_us + self._terms.lease_us
        offers: dict[Runner, list[Held]] = {runner: [] for runner in self._runners}
        for assignment in message.assignments:
            work = self._work.get(assignment.lambda_name)
            if work is None:  # its lease runs out, and somebody who serves it gets it
                _LOG.error("%s: was given a task of %s", self._spec.name, assignment.lambda_name)
                continue
            held = Held(assignment, work, deadline_us, intake, message.checked_us, intake.sight)
            if self._ledger.take(held):
                intake.took(held)
                if self._departure.asked:
                    self._hand_back(held)
                elif assignment.span is not None and assignment.span.stream != work.stream:
                    report = misdirected(held)
                    self._failures.tell(held.lambda_name, held.attempt, report, held.span)
                    self._answer(held, report)
                else:
                    offers[held.work.runner].append(held)
        for runner, claims in offers.items():
            if claims:
                runner.offer(claims)

    def _obey_gates(self, intake: Intake) -> None:
        """What waits behind a gate goes back, so that it waits where it costs nobody anything."""
        waiting = (held for held in self._ledger.all() if held.stage is Stage.BUFFERED)
        if not any(intake.sight.stops(held) for held in waiting if held.pool is intake):
            return
        for runner in self._runners:
            stays = []
            for held in runner.take_back():
                if held.pool is intake and intake.sight.stops(held):
                    self._hand_back(held)
                else:
                    stays.append(held)
            if stays:
                runner.offer(stays)

    async def _ask_for_gates(self) -> None:
        """What has waited a while must not start without news of gates: ask for them as long as something waits."""
        while True:
            await self._ledger.wait_until_occupied()
            await asyncio.sleep(TELL_S)
            waiting = {held.pool for held in self._ledger.all() if held.stage is Stage.BUFFERED}
            for intake in self._intakes:
                intake.waits(intake in waiting)

    def _hand_over(self, held: Held) -> None:
        """From the users' side: its code has ended."""
        self._ended.append(held)
        self._bell.ring()

    def _collect(self) -> None:
        ended = self._ended
        counts: Counter[Pool] = Counter()
        while ended:
            held = ended.popleft()
            counts[held.pool] += 1
            if held.report is None or held.refused:
                self._ledger.forget(held)
            else:
                if held.report.failure is not NO_FAILURE:
                    self._failures.tell(held.lambda_name, held.attempt, held.report, held.span)
                self.reporter.add(held)
        for pool, count in counts.items():
            pool.ended(count)
        self._departure.look()

    def _freed(self, held: Held) -> None:
        if held.stage is Stage.BUFFERED:
            held.pool.ended(1)
        elif self._spec.quarantine:
            held.pool.ended(0)  # only now there is room again
        self._departure.look()

    def _stop_taking(self) -> None:
        for intake in self._intakes:
            intake.stop()
        for runner in self._runners:
            for held in runner.take_back():
                self._hand_back(held)

    def _hand_back(self, held: Held) -> None:
        self._answer(held, handed_back(held))

    def _answer(self, held: Held, report: Report) -> None:
        """Of one whose code does not run here."""
        held.pool.ended(1)
        held.stage = Stage.ENDED
        held.report = report
        self.reporter.add(held)
