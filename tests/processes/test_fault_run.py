"""Everything is killed with SIGKILL in turn, and every task ends as it must."""

from pathlib import Path

import pytest

from tests.processes.fault_run.checks import violations
from tests.processes.fault_run.plan import Plan
from tests.processes.fault_run.report import lines
from tests.processes.fault_run.run import Run, fault_run

SHORT = Plan(tasks=1_500, tasks_per_s=75, crash_every=300, rounds=1)
FULL = Plan(tasks=20_000, tasks_per_s=200, crash_every=1_000, rounds=4)
LINES_PER_FAULT = 50
"""in one log: what an outage is worth, crashes' stacks included"""


async def test_nothing_is_lost_or_done_twice_at_once_while_everything_is_killed_in_turn(tmp_path: Path) -> None:
    check(await fault_run(SHORT, tmp_path, seed=1), SHORT)


@pytest.mark.slow
async def test_twenty_thousand_tasks_survive_every_fault_several_times(tmp_path: Path) -> None:
    check(await fault_run(FULL, tmp_path, seed=2), FULL)


def check(run: Run, plan: Plan) -> None:
    told = "\n".join(lines(run))
    print(told)
    problems = [*violations(run.history), *(f"left: {row}" for row in run.left)]
    assert not problems, "\n".join([f"{len(problems)} problems", *problems[:30], told])
    assert not run.client_failures, run.client_failures[:10]
    late = [fault for fault in run.faults if fault.served_late]
    assert not late, f"{late}\n{told}"
    assert len(run.history.outcomes) == plan.tasks + len(run.faults) + run.baits
    assert run.refused > 0, "no stale report was ever sent: the run has proven nothing about the fence"
    assert run.exit_codes == [0, 0]
    for log in run.logs:
        text = log.read_text(errors="replace")
        assert "Traceback" not in text, f"{log} has a traceback\n{told}"
        assert text.count("\n") <= LINES_PER_FAULT * len(run.faults), f"{log} is flooded\n{told}"
