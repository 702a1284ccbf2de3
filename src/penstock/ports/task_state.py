"""Flow control as delivery and the servers see it: claims, heartbeats, results."""

from collections.abc import Sequence
from typing import Protocol

from penstock.model.identity import TaskId
from penstock.model.task import Claimed, Report
from penstock.model.work import Beat, HeartbeatAnswer


class TaskState(Protocol):
    """The published systems' Heartbeat and Status Controller (ATF: ClaimTask, Heartbeat, SetResults)."""

    async def claim(self, ids: Sequence[TaskId]) -> list[Claimed]:
        """Claim what is still enqueued. Claims of many callers share a trip to the store."""

    async def heartbeat(self, beats: Sequence[Beat]) -> HeartbeatAnswer:
        """Renew leases."""

    async def set_results(self, reports: Sequence[Report]) -> list[TaskId]:
        """Settle ended executions durably; answers the ids whose claim was refused as not current."""
