"""The orchestrators as an executor sees them."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from penstock.model.identity import TaskId
from penstock.model.task import Report
from penstock.model.work import Beat, HeartbeatAnswer, Hello, WorkMessage


class WorkStream(Protocol):
    """One open credit stream. Raises `Unavailable` from any method when it breaks."""

    async def give(self, credit_total: int, stamp_us: int, stopping: bool, waiting: bool) -> None:
        """All tasks taken and takeable since the stream began, with my clock now. `waiting`: I hold claims that have
        not started, and must not start them without news of gates.

        Repeated at least every `stamp_every_s`: who falls silent is given nothing until it is heard again.
        """

    def messages(self) -> AsyncIterator[WorkMessage]:
        """What delivery sends, until the stream ends."""

    async def close(self) -> None:
        """End the stream; claims already received stay mine."""


class Orchestrators(Protocol):
    """Any orchestrator will do for any call. Each call is bounded by a timeout and raises `Unavailable`."""

    async def open(self, hello: Hello) -> WorkStream:
        """Open a credit stream."""

    async def heartbeat(self, executor: str, beats: Sequence[Beat], timeout_s: float) -> HeartbeatAnswer:
        """Renew leases."""

    async def set_results(self, executor: str, reports: Sequence[Report], timeout_s: float) -> list[TaskId]:
        """Report ends; answers the refused ids. May be repeated with the same reports."""

    async def executor_gone(self, executor: str, timeout_s: float) -> None:
        """The executor was reaped and its reports are accepted: what was on its way to it is handed back.

        Told to every orchestrator that is known. May be repeated. Never before the process was reaped: a
        claim that is handed back may run elsewhere at once.
        """
