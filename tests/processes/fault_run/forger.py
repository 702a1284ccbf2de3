"""Reports and heartbeats of claims that are long over: each must be refused, and change nothing."""

import asyncio
from typing import Any, Final

import grpc

from penstock.model.identity import split_ids
from penstock.model.lifecycle import Event
from penstock.model.task import NO_FAILURE, Failure, Report
from penstock.model.work import Beat
from penstock.wire.codec import beats_to_wire, reports_to_wire
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from tests.processes.fault_run.history import Accepted
from tests.processes.fault_run.plan import forged_result
from tests.processes.fault_run.records import Start, read_records
from tests.processes.fault_run.stack import Stack

EVERY_S: Final = 2.0
MANY: Final = 20
"""stale claims told in one go"""
_ENDINGS: Final = (Event.SUCCEEDED, Event.FAILED_FATALLY, Event.RELEASE, Event.LEASE_LOST, Event.CRASHED_ALONE)


class Forger:
    """`refused` counts; `accepted` has what was not."""

    def __init__(self, stack: Stack) -> None:
        self.refused = 0
        self.accepted: list[Accepted] = []
        self._stack = stack

    async def run(self) -> None:
        """Until cancelled. An orchestrator that is down is not told."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.once()

    async def once(self) -> None:
        stale = stale_claims(read_records(self._stack.folder)[0])[-MANY:]
        if not stale:
            return
        reports = [_report(start, _ENDINGS[at % len(_ENDINGS)]) for at, start in enumerate(stale)]
        beats = [Beat(start.task_id, start.claim, True) for start in stale]
        try:
            async with grpc.aio.insecure_channel(self._stack.orchestrator_address) as channel:
                stub = pb_grpc.OrchestratorStub(channel)
                answer = await stub.SetResults(reports_to_wire("forger", reports), timeout=2)
                self._count(stale, [report.ending for report in reports], answer)
                answer = await stub.Heartbeat(beats_to_wire("forger", beats), timeout=2)
                self._count(stale, [Event.HEARTBEAT] * len(stale), answer)
        except grpc.aio.AioRpcError:
            return

    def _count(self, stale: list[Start], said: list[Event], answer: Any) -> None:
        refused = set(split_ids(answer.refused))
        for start, event in zip(stale, said, strict=True):
            if start.task_id in refused:
                self.refused += 1
            else:
                self.accepted.append(Accepted(start.task_id, start.claim, event))


def stale_claims(starts: list[Start]) -> list[Start]:
    """Executions whose task was started again since, under a greater claim: one for each task."""
    newest: dict[bytes, int] = {}
    for start in starts:
        newest[start.task_id] = max(start.claim, newest.get(start.task_id, 0))
    return list({start.task_id: start for start in starts if start.claim < newest[start.task_id]}.values())


def _report(start: Start, ending: Event) -> Report:
    failure = Failure("Forged", "by the test") if ending is not Event.SUCCEEDED else NO_FAILURE
    result = forged_result() if ending is Event.SUCCEEDED else b""
    return Report(start.task_id, start.claim, ending, result=result, run_us=1, failure=failure, executor="forger")
