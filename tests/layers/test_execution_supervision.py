"""A supervisor with a process made of air: when it kills, and what it reports."""

import asyncio
from collections.abc import Sequence

import pytest

from penstock.execution import ControllerTuning, Supervisor
from penstock.execution.verdicts import Cause
from penstock.model.lifecycle import Event
from penstock.model.task import ClaimKey
from penstock.ports.hosts import (
    ExecutorWord,
    KillMe,
    LeaseTold,
    Leaving,
    Ready,
    TouchLost,
)
from penstock.testing.virtual_loop import run_virtual
from tests.layers.air_processes import IDS, SPEC, AirProcess, Desk, claim, now_s


def supervise(process: AirProcess, desk: Desk) -> Supervisor:
    return Supervisor(process, desk, ControllerTuning(), now_s, lambda: 0.5, lambda word: None)


def test_the_kill_comes_before_the_earliest_deadline_of_started_code_only() -> None:
    async def main() -> None:
        process, desk = AirProcess(SPEC, claim(0, False, 5_000_000), claim(1, True, 20_000_000)), Desk()
        supervisor = supervise(process, desk)
        process.say(Ready())
        end = await supervisor.run()
        assert process.killed_at_s is not None
        assert 17.5 <= process.killed_at_s <= 18.5
        assert (end.cause, end.suspects) == (Cause.KILLED_FOR_LEASE, 0)
        await supervisor.report()
        assert [report.ending for report in desk.reports] == [Event.LEASE_LOST], "the other's lease is over already"

    run_virtual(main())


def test_a_renewed_deadline_is_respected_and_a_short_lease_has_a_short_margin() -> None:
    async def main() -> None:
        process, desk = AirProcess(SPEC, claim(0, True, 5_000_000)), Desk()
        supervisor = supervise(process, desk)
        process.say(Ready())
        process.say(LeaseTold(2.0))
        run = asyncio.create_task(supervisor.run())
        await asyncio.sleep(4)
        process.claims[0] = claim(0, True, 9_000_000)
        await run
        assert process.killed_at_s is not None
        assert 8.5 <= process.killed_at_s < 9

    run_virtual(main())


def test_reports_for_the_dead_are_repeated_until_accepted_or_the_lease_is_over() -> None:
    async def main() -> None:
        process, desk = AirProcess(SPEC, claim(0), claim(1, deadline_us=10_000_000)), Desk()
        supervisor = supervise(process, desk)
        process.exit(-11)
        end = await supervisor.run()
        assert end.suspects == 2
        desk.failures_left = 20
        await supervisor.report()
        assert now_s() > 10
        assert [(report.id, report.ending) for report in desk.reports] == [(IDS[0], Event.CRASHED_IN_COMPANY)]
        assert "SIGSEGV" in desk.reports[0].failure.message
        assert desk.gone == [SPEC.name]

    run_virtual(main())


def test_a_report_for_the_dead_that_is_not_answered_is_repeated_while_the_lease_lasts() -> None:
    async def main() -> None:
        process, desk = AirProcess(SPEC, claim(0, deadline_us=6_000_000)), Desk()
        process.say(LeaseTold(6.0))
        process.exit(-11)
        supervisor = supervise(process, desk)
        await supervisor.run()
        desk.calls_to_hang = 2
        await supervisor.report()
        assert [report.ending for report in desk.reports] == [Event.CRASHED_ALONE]

    run_virtual(main())


def test_an_executor_that_held_nothing_is_told_to_be_gone_too() -> None:
    async def main() -> None:
        process, desk = AirProcess(SPEC), Desk()
        supervisor = supervise(process, desk)
        process.exit(-9)
        await supervisor.run()
        assert desk.gone == []
        await supervisor.report()
        assert desk.gone == [SPEC.name]

    run_virtual(main())


@pytest.mark.parametrize(
    ("word", "cause"),
    [
        (TouchLost("gone"), Cause.LOST_TOUCH),
        (KillMe((ClaimKey(IDS[0], 1),)), Cause.KILLED_FOR_STUCK),
        (KillMe(()), Cause.KILLED_FOR_STOP),
    ],
)
def test_its_last_word_says_why(word: ExecutorWord, cause: Cause) -> None:
    async def main() -> None:
        process, desk = AirProcess(SPEC, claim(0)), Desk()
        process.say(word)
        if isinstance(word, TouchLost):
            process.exit(-9)
        end = await supervise(process, desk).run()
        assert end.cause is cause

    run_virtual(main())


def test_leaving_with_code_running_is_a_crash_whatever_the_exit_code() -> None:
    async def main() -> None:
        process = AirProcess(SPEC, claim(0))
        process.exit(0)
        assert (await supervise(process, Desk()).run()).cause is Cause.CRASHED

    run_virtual(main())


@pytest.mark.parametrize(("words", "cause"), [((), Cause.CRASHED), ((Leaving(),), Cause.LEFT)])
def test_an_exit_before_a_report_was_accepted_is_a_crash_unless_it_said_that_it_leaves(
    words: Sequence[ExecutorWord], cause: Cause
) -> None:
    async def main() -> None:
        process, desk = AirProcess(SPEC, claim(0, started=False, ended=True)), Desk()
        for word in words:
            process.say(word)
        process.exit(0)
        supervisor = supervise(process, desk)
        end = await supervisor.run()
        assert end.cause is cause
        assert end.suspects == (1 if cause is Cause.CRASHED else 0)

    run_virtual(main())


def test_one_that_never_gets_ready_is_killed() -> None:
    async def main() -> None:
        process = AirProcess(SPEC)
        await supervise(process, Desk()).run()
        assert process.killed_at_s is not None
        assert 60 <= process.killed_at_s < 61

    run_virtual(main())


def test_what_is_kept_of_a_crash_is_how_and_where_and_its_last_words() -> None:
    async def main() -> None:
        process, desk = AirProcess(SPEC, claim(0)), Desk()
        process.crashed_at = "line 3 in crash"
        process.exit(-11)
        supervisor = supervise(process, desk)
        await supervisor.run()
        await supervisor.report()
        assert desk.reports[0].failure.message == "killed by SIGSEGV\nline 3 in crash\nits last words"

    run_virtual(main())
