"""Sweeps over dead letters and other tasks: kept by the store, led on by whichever scheduler comes first."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.family import NO_CHILDREN, ChildrenMoved
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.sweep import Sweep


class SweepStep(Struct, frozen=True):
    """What one step did."""

    sweep: Sweep
    """as it stands after the step"""
    lanes: frozenset[LaneId] = frozenset()
    """in which new tasks are due"""
    ended: Sequence[TaskId] = ()
    """cancelled where they waited"""
    asked: Sequence[TaskId] = ()
    """running, and asked to stop"""
    children: ChildrenMoved = NO_CHILDREN
    """what became of children of those that were cancelled"""


class Sweeps(Protocol):
    """Every step is one transaction: what it did to the tasks, and that it was done."""

    async def begin(self, sweep: Sweep) -> Sweep:
        """Write the order down; one with the same id that stands already is answered as it is.

        Raises `NotFound` for a lambda that nobody has heard of.
        """

    async def stop(self, namespace_id: int, sweep_id: bytes, stopped_by: str) -> Sweep:
        """No further step is done. What it handled stays. Stopping one that has ended changes nothing.

        Raises `NotFound`.
        """

    async def newest(self, namespace_id: int, limit: int) -> Sequence[Sweep]:
        """The audit, the newest first."""

    async def next_step_in_s(self) -> float | None:
        """When some running sweep of any namespace may take its next step; 0 for now, None without one."""

    async def step(self) -> SweepStep | None:
        """Lead one running sweep on by `step_rows` tasks, if its rate allows one now.

        In rising order of ids, each task once, however many ask and whatever fails: two steps of a sweep never
        run at the same time. What is redriven or tried again is linked with its new task, which is new and due now,
        or waits for the parents of the old one; one that was retried meanwhile is passed over, and so is a child
        whose parent failed and was not tried again. What is cancelled
        becomes what `verdict.cancel` says of the row that stands, whatever moves it at the same moment; no task that
        stood at the order in a status that is meant is passed over for that. The last step makes the sweep done.
        """
