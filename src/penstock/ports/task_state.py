"""Flow control as delivery and the servers see it: claims, heartbeats, results."""

from collections.abc import Sequence
from typing import Protocol

from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.task import Claimed, Report
from penstock.model.work import Beat, HeartbeatAnswer


class TaskState(Protocol):
    """The published systems' Heartbeat and Status Controller (ATF: ClaimTask, Heartbeat, SetResults)."""

    async def claim(self, ids: Sequence[TaskId], lane: LaneId | None = None) -> list[Claimed]:
        """Claim what is still enqueued. Claims of many callers share a trip to the store, `lane` by lane in turn."""

    async def heartbeat(self, beats: Sequence[Beat]) -> HeartbeatAnswer:
        """Renew leases."""

    async def set_results(self, reports: Sequence[Report], lane: LaneId | None = None) -> list[TaskId]:
        """Settle ended executions durably, `lane` by lane in turn.

        Answers the ids whose claim was refused as not current.
        """
