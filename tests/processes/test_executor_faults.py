"""Real executors, real signals: nobody's code runs twice at the same time, and nobody dies for a neighbour."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from penstock.execution import ControllerTuning
from penstock.model.identity import text_of
from penstock.model.lifecycle import Event, Status
from penstock.ports.hosts import Draining, FailedToStart, Ready
from tests.processes.executor_worker import is_alive, until_dead, worker


@pytest.fixture(autouse=True)
def intervals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "intervals"
    monkeypatch.setenv("INTERVALS", str(path))
    return path


async def test_killed_while_alone_is_a_crash_and_the_next_try_is_in_quarantine(tmp_path: Path) -> None:
    async with worker(tmp_path, "long_at_first") as here:
        task = here.home.schedule("app.long_at_first")
        first = await here.noted(task, "start")
        os.kill(first, signal.SIGKILL)
        await here.home.ended(task)
        assert here.home.endings(task) == [Event.CRASHED_ALONE, Event.SUCCEEDED]
        assert "killed by SIGKILL" in task.reports[0].failure.message
        assert task.reports[0].run_us > 0
        assert "quarantine" in task.reports[1].executor


async def test_killed_in_company_counts_against_nobody(tmp_path: Path) -> None:
    names = ("long_at_first", "long_thread_at_first")
    async with worker(tmp_path, *names) as here:
        tasks = [here.home.schedule(f"app.{name}") for name in names for _ in range(2)]
        pids = [await here.noted(task, "start") for task in tasks]
        assert len(set(pids)) == 1
        os.kill(pids[0], signal.SIGKILL)
        await here.home.ended(*tasks)
        for task in tasks:
            assert here.home.endings(task) == [Event.CRASHED_IN_COMPANY, Event.SUCCEEDED]
            assert task.row.crashes == 0


async def test_a_poisonous_task_dies_alone(tmp_path: Path) -> None:
    async with worker(tmp_path, "exit_hard", "long_at_first") as here:
        innocent = here.home.schedule("app.long_at_first")
        await here.noted(innocent, "start")
        poison = here.home.schedule("app.exit_hard", 3)
        await here.home.ended(innocent, poison)
        assert innocent.row.status is Status.SUCCESS
        assert here.home.endings(innocent) == [Event.CRASHED_IN_COMPANY, Event.SUCCEEDED]
        assert poison.row.status is Status.DEAD
        assert poison.ended_as is not None
        assert poison.ended_as.reason == "poison"
        assert here.home.endings(poison)[-3:] == [Event.CRASHED_ALONE] * 3
        assert "exit code 3" in poison.reports[-1].failure.message
        assert "the last words" in poison.reports[-1].failure.message


async def test_what_takes_its_process_down_by_returning_is_poison_too(tmp_path: Path) -> None:
    async with worker(tmp_path, "close_everything", "sleep") as here:
        innocent = here.home.schedule("app.sleep", 0.5)
        await here.noted(innocent, "start")
        poison = here.home.schedule("app.close_everything")
        await here.home.ended(innocent, poison)
        assert innocent.row.status is Status.SUCCESS
        assert innocent.row.crashes == 0
        assert poison.ended_as is not None
        assert poison.ended_as.reason == "poison"
        assert here.home.endings(poison)[-3:] == [Event.CRASHED_ALONE] * 3
        assert all(report.run_us > 0 for report in poison.reports)
        counted = [line[5] for line in here.notes() if line[0] == text_of(poison.id)]
        assert counted[-3:] == ["2", "2", "3"], "a crash in company, then alone"


async def test_a_fatal_signals_stack_is_kept_with_the_task_and_not_on_standard_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with worker(tmp_path, "crash_in_c") as here:
        task = here.home.schedule("app.crash_in_c")
        await here.home.until(lambda: task.reports)
    how, fatal, *frames = task.reports[0].failure.message.splitlines()
    assert how == "killed by SIGSEGV"
    assert "Segmentation fault" in fatal
    assert frames[-1].endswith("in crash_in_c")
    assert not any("coroutines.py" in frame for frame in frames), "the author's own frames only"
    assert "Fatal Python error" not in capfd.readouterr().err


async def test_stopped_past_its_lease_it_is_killed_before_somebody_else_starts(tmp_path: Path) -> None:
    tuning = ControllerTuning(margin_s=1.0, look_every_s=0.1)
    async with worker(tmp_path, "long_at_first", lease_s=4, heartbeat_s=1, controller=tuning) as here:
        task = here.home.schedule("app.long_at_first")
        first = await here.noted(task, "start")
        os.kill(first, signal.SIGSTOP)
        await here.home.ended(task)
        assert not is_alive(first)
        assert here.home.endings(task) == [Event.LEASE_LOST, Event.SUCCEEDED]
        assert (task.row.crashes, task.row.attempts) == (0, 0)


async def test_a_short_stop_costs_nothing(tmp_path: Path) -> None:
    async with worker(tmp_path, "until_told") as here:
        task = here.home.schedule("app.until_told")
        first = await here.noted(task, "start")
        os.kill(first, signal.SIGSTOP)
        await asyncio.sleep(0.7)
        os.kill(first, signal.SIGCONT)
        here.give_the_word()
        await here.home.ended(task)
        assert here.home.endings(task) == [Event.SUCCEEDED]


async def test_a_coroutine_that_swallows_its_timeout_is_killed_after_its_neighbours_have_ended(tmp_path: Path) -> None:
    async with worker(tmp_path, "swallow", "until_told", "double", cancel_grace_s=0.3) as here:
        stuck = here.home.schedule("app.swallow", 60)
        bystander = here.home.schedule("app.until_told")
        first = await here.noted(stuck, "start")
        assert await here.noted(bystander, "start") == first
        await here.said(Draining)
        replacement = here.home.schedule("app.double", 0)
        await here.home.ended(replacement)
        assert not stuck.reports, "the replacement works while the old one drains"
        here.give_the_word()
        await here.home.until(lambda: stuck.reports)
        assert not is_alive(first)
        assert here.home.endings(stuck)[0] is Event.TIMED_OUT
        assert here.home.endings(bystander) == [Event.SUCCEEDED]
        assert await here.noted(stuck, "swallowed") == first


async def test_a_thread_past_its_timeout_is_reported_only_when_it_is_dead(tmp_path: Path) -> None:
    async with worker(tmp_path, "late_thread", "until_told", cancel_grace_s=600) as here:
        stuck = here.home.schedule("app.late_thread", 60)
        bystander = here.home.schedule("app.until_told")
        first = await here.noted(stuck, "start")
        await here.said(Draining)
        assert not stuck.reports
        here.give_the_word()
        await here.home.until(lambda: stuck.reports)
        assert not is_alive(first)
        assert here.home.endings(stuck)[0] is Event.TIMED_OUT
        await here.home.ended(bystander)
        assert here.home.endings(bystander) == [Event.SUCCEEDED]


async def test_a_coroutine_that_listens_to_its_timeout_takes_nobody_down(tmp_path: Path) -> None:
    async with worker(tmp_path, "late_coroutine", "double") as here:
        late = here.home.schedule("app.late_coroutine", 60)
        first = await here.noted(late, "start")
        await here.home.until(lambda: late.reports)
        assert here.home.endings(late)[0] is Event.TIMED_OUT
        after = here.home.schedule("app.double", 4)
        await here.home.ended(after)
        assert await here.noted(after, "end") == first


@pytest.mark.parametrize("name", ["exit_politely", "leave_a_bomb"])
async def test_a_lambda_cannot_end_the_process_politely(tmp_path: Path, name: str) -> None:
    async with worker(tmp_path, name, "double") as here:
        task = here.home.schedule(f"app.{name}", 3)
        first = await here.noted(task, "end")
        await here.home.until(lambda: task.reports)
        expected = Event.RAISED if name == "exit_politely" else Event.SUCCEEDED
        assert here.home.endings(task)[0] is expected
        after = here.home.schedule("app.double", 4)
        await here.home.ended(after)
        assert await here.noted(after, "end") == first


async def test_a_lambda_that_blocks_its_loop_keeps_its_lease(tmp_path: Path) -> None:
    tuning = ControllerTuning(margin_s=0.5, look_every_s=0.1)
    async with worker(tmp_path, "block", lease_s=5, heartbeat_s=0.5, controller=tuning) as here:
        task = here.home.schedule("app.block", 8)
        await here.home.ended(task)
        assert here.home.endings(task) == [Event.SUCCEEDED]
        assert task.row.claim == 1


async def test_lost_touch_ends_the_process_and_counts_as_a_lapse(tmp_path: Path) -> None:
    async with worker(tmp_path, "long_at_first", lease_s=30, heartbeat_s=0.5) as here:
        task = here.home.schedule("app.long_at_first")
        first = await here.noted(task, "start")
        await here.home.until(lambda: here.home.beats)
        here.home.reachable = False
        await until_dead(first)
        here.home.reachable = True
        await here.home.ended(task)
        assert here.home.endings(task) == [Event.LEASE_LOST, Event.SUCCEEDED]


async def test_what_a_dead_executor_left_in_its_group_is_killed(tmp_path: Path) -> None:
    async with worker(tmp_path, "fork_and_sleep") as here:
        task = here.home.schedule("app.fork_and_sleep", 60)
        grandchild = await here.noted(task, "grandchild")
        parent = await here.noted(task, "start")
        assert grandchild != parent
        os.kill(parent, signal.SIGKILL)
        await here.home.until(lambda: task.reports)
        await until_dead(grandchild)


async def test_a_cancelled_thread_sees_its_token(tmp_path: Path) -> None:
    async with worker(tmp_path, "patient_thread") as here:
        task = here.home.schedule("app.patient_thread")
        await here.noted(task, "start")
        here.home.cancel(task)
        await here.home.ended(task)
        assert here.home.endings(task) == [Event.SUCCEEDED]
        assert task.reports[0].result == b'"saw it"'


async def test_a_stop_under_load_loses_nothing(tmp_path: Path) -> None:
    async with worker(tmp_path, "double", "sleep", "sleep_in_thread", stop_grace_s=3) as here:
        tasks = [here.home.schedule("app.double", number) for number in range(2000)]
        tasks += [here.home.schedule("app.sleep", 1) for _ in range(20)]
        tasks += [here.home.schedule("app.sleep_in_thread", 1) for _ in range(40)]
        await here.home.until(lambda: any(task.ended_as for task in tasks))
        here.controller.stop()
        await here.run
        assert all(task.row.status in (Status.SUCCESS, Status.ENQUEUED) for task in tasks)
        assert all(task.row.attempts == 0 for task in tasks if not task.ended_as)
        assert not any(task.refused for task in tasks)


async def test_a_thread_that_outlasts_the_stop_is_killed_and_handed_back(tmp_path: Path) -> None:
    async with worker(tmp_path, "sleep_in_thread", "sleep", stop_grace_s=0.3, interrupt_grace_s=0.3) as here:
        tasks = [here.home.schedule("app.sleep_in_thread", 60), here.home.schedule("app.sleep", 60)]
        for task in tasks:
            await here.noted(task, "start")
        here.controller.stop()
        await here.run
        assert [here.home.endings(task) for task in tasks] == [[Event.RELEASE], [Event.RELEASE]]


async def test_a_second_stop_is_now(tmp_path: Path) -> None:
    async with worker(tmp_path, "sleep_in_thread") as here:
        task = here.home.schedule("app.sleep_in_thread", 60)
        await here.noted(task, "start")
        here.controller.stop()
        here.controller.stop()
        await here.run
        assert here.home.endings(task) == [Event.RELEASE]


async def test_sigterm_to_an_executor_is_a_clean_stop_and_it_is_replaced(tmp_path: Path) -> None:
    async with worker(tmp_path, "until_told") as here:
        task = here.home.schedule("app.until_told")
        first = await here.noted(task, "start")
        os.kill(first, signal.SIGTERM)
        here.give_the_word()
        await here.home.ended(task)
        assert here.home.endings(task) == [Event.SUCCEEDED]
        await until_dead(first)
        after = here.home.schedule("app.until_told")
        await here.home.ended(after)
        assert await here.noted(after, "end") != first


async def test_hooks_are_entered_before_work_and_left_after_it(tmp_path: Path, intervals: Path) -> None:
    async with worker(tmp_path, "double") as here:
        await here.said(Ready)
        hooks = Path(f"{intervals}.hooks")
        assert hooks.read_text() == "entered\n"
        here.controller.stop()
        await here.run
        assert hooks.read_text() == "entered\nleft\n"


@pytest.mark.parametrize(
    ("app", "reason"),
    [
        ("tests.processes.executor_app:broken", "no database today"),
        ("tests.processes.executor_app:nothing", "nothing"),
        ("tests.processes.no_such_app:app", "no_such_app"),
    ],
)
async def test_an_app_that_cannot_start_says_why_and_is_tried_again(tmp_path: Path, app: str, reason: str) -> None:
    async with worker(tmp_path, "double", app=app) as here:
        word = await here.said(FailedToStart, 2)
        assert reason in word.message
        assert len(here.hosts.started) >= 2
