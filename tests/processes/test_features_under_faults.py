"""Gates, quotas, chains, ticks, cancels and redrives keep their promises while everything is killed in turn."""

from pathlib import Path

import pytest

from penstock.model.lifecycle import Status
from tests.processes.fault_run.features.checks import violations
from tests.processes.fault_run.features.run import feature_run


@pytest.mark.slow
async def test_operators_are_obeyed_while_everything_is_killed_in_turn(tmp_path: Path) -> None:
    run = await feature_run(tmp_path, seed=3)
    history = run.history
    ends = [end.status for end in history.ended]
    ticks = sum(end.tick_us is not None for end in history.ended)
    told = (
        f"{len(run.faults)} faults, {len(history.due)} scheduled, {len(history.base.starts)} executions, "
        f"{len(history.windows)} windows, {len(history.cancels)} cancels, {len(history.kin)} of families, "
        f"{run.redriven} redriven, {ends.count(Status.DROPPED)} dropped, {ticks} ticks"
    )
    print(told)
    problems = [*violations(history), *(f"left: {row}" for row in run.left)]
    assert not problems, "\n".join([f"{len(problems)} problems", *problems[:30], told])
    assert run.redriven >= len(history.dead_before_redrive) > 0, told
    assert Status.DROPPED in ends, "no gate ever dropped a task: the run has proven nothing about it"
    assert len(history.kin) > 20, told
    assert {window.drops for window in history.windows} == {True, False}
