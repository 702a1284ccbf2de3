"""Events are done by everybody, in order, once they are committed, while everything is killed and pings are lost."""

from pathlib import Path

import pytest

from tests.processes.fault_run.events.checks import violations
from tests.processes.fault_run.events.run import EventPlan, EventRun, event_run

SHORT = EventPlan(
    events_per_s=60, hold_s=8, rounds=1, spared=frozenset({"controller", "executor stopped past its lease", "nats"})
)
FULL = EventPlan(events_per_s=100, hold_s=30, rounds=3, unheard=500)


async def test_no_event_is_lost_or_out_of_order_while_everything_is_killed_in_turn(tmp_path: Path) -> None:
    check(await event_run(SHORT, tmp_path, seed=4))


@pytest.mark.slow
async def test_events_survive_every_fault_several_times(tmp_path: Path) -> None:
    check(await event_run(FULL, tmp_path, seed=5))


def check(run: EventRun) -> None:
    print(run.told())
    problems = [*violations(run.history), *(f"left: {row}" for row in run.left)]
    assert not problems, "\n".join([f"{len(problems)} problems", *problems[:30], run.told()])
    assert max(run.overtaken) > 0, f"no open transaction was overtaken: nothing is proven about it; {run.told()}"
    lost, published = run.lost
    assert 0 < lost < published, run.told()
    assert run.history.letters, f"nothing was given up: nothing is proven about who goes after; {run.told()}"
    for log in run.logs:
        assert "Traceback" not in log.read_text(errors="replace"), f"{log} has a traceback; {run.told()}"
