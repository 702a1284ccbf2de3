"""How far refresh has come, and who leads it on: kept by the store, so that any orchestrator can."""

from collections.abc import Sequence
from typing import Protocol

from penstock.model.event import StreamId
from penstock.model.refresh import Finding, RefreshLoop, RefreshState, RefreshWish, StepDone


class Refreshes(Protocol):
    """Duties. A step is led by one at a time: whoever takes it holds it for a lease, and what a late holder notes is
    refused. A full pass never begins before its stream's recent loop has a mark, so that between the two nothing is
    passed over. `Unavailable` when the store cannot answer.
    """

    async def next_step_in_s(self, wishes: Sequence[RefreshWish]) -> float | None:
        """When the first step of any of these may begin; 0 for now, None: without wishes."""

    async def take(self, wishes: Sequence[RefreshWish], holder: str, lease_s: float) -> RefreshState | None:
        """The step among these that has waited longest, now `holder`'s; a pass has begun when it was not under way.
        None: none is due.
        """

    async def note(self, step: RefreshState, holder: str, done: StepDone) -> bool:
        """Keep what a step has come to, and let others take the next one. At the end of a full pass the findings of its
        stream that it did not see again are gone. False: `holder` holds it no more, and nothing is kept.
        """

    async def ask(self, stream_id: StreamId, loop: RefreshLoop, asked_by: str) -> RefreshState:
        """Have a pass begin now, whenever the next one would come; one that is under way goes on."""

    async def standing(self, stream_ids: Sequence[StreamId]) -> list[RefreshState]:
        """The loops of these streams that have begun."""

    async def findings(self, stream_id: StreamId, limit: int) -> list[Finding]:
        """What stands written of a stream, what has stood longest first."""
