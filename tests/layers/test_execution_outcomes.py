"""What a lambda is given, raises and returns, and what is reported of it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import penstock
from penstock.execution.failure_log import FailureLog
from penstock.execution.failures import failure_of
from penstock.model.identity import TaskId, text_of
from penstock.model.lifecycle import Event
from penstock.model.limits import ERROR_MESSAGE_BYTES_MAX, RESULT_BYTES_MAX, TRACEBACK_BYTES_MAX
from penstock.model.outcomes import FatalFailure, RetriableFailure
from penstock.model.running import RUNNING
from penstock.model.task import Failure, Report
from penstock.sdk.payload import encode_json
from penstock.testing.virtual_loop import run_virtual
from tests.layers.executor_place import reports_of


class Exploding(Exception):
    def __str__(self) -> str:
        raise KeyboardInterrupt

    __repr__ = __str__


class Unencodable:
    pass


@pytest.mark.parametrize(
    ("make", "ending"),
    [
        (lambda: ValueError("no"), Event.RAISED),
        (lambda: SystemExit(3), Event.RAISED),
        (KeyboardInterrupt, Event.RAISED),
        (GeneratorExit, Event.RAISED),
        (asyncio.CancelledError, Event.RAISED),
        (lambda: StopAsyncIteration("odd"), Event.RAISED),
        (lambda: ExceptionGroup("many", [ValueError(str(i)) for i in range(1000)]), Event.RAISED),
        (Exploding, Event.RAISED),
        (lambda: ValueError("\x00\ud800 and more"), Event.RAISED),
        (lambda: RetriableFailure("later"), Event.FAILED_RETRIABLY),
        (lambda: FatalFailure("never"), Event.FAILED_FATALLY),
    ],
)
def test_whatever_a_lambda_raises_ends_its_task_and_nothing_else(
    make: Callable[[], BaseException], ending: Event
) -> None:
    async def it(_: Any) -> None:
        raise make()

    task = run_virtual(reports_of(it))
    report = task.reports[0]
    assert report.ending is ending
    assert type(make()).__name__ in report.failure.type
    assert report.run_us >= 1
    text = report.failure.message + report.failure.traceback
    text.encode()
    assert "\x00" not in text


def test_a_message_of_50_mb_is_cut() -> None:
    async def it(_: Any) -> None:
        raise ValueError("ä" * 25_000_000)

    failure = run_virtual(reports_of(it)).reports[0].failure
    assert len(failure.message.encode()) <= ERROR_MESSAGE_BYTES_MAX
    assert len(failure.traceback.encode()) <= TRACEBACK_BYTES_MAX
    assert "in it" in failure.traceback


def test_a_retriable_failure_names_its_delay_within_limits() -> None:
    async def it(_: Any) -> None:
        raise RetriableFailure("later", delay=-4)

    assert run_virtual(reports_of(it)).reports[0].retry_delay_s == 0


def test_a_result_is_encoded_left_out_or_refused() -> None:
    async def it(kind: str) -> Any:
        return {"small": [1, "a"], "large": "x" * RESULT_BYTES_MAX, "odd": Unencodable()}[kind]

    small, large, odd = (run_virtual(reports_of(it, kind)).reports[0] for kind in ("small", "large", "odd"))
    assert (small.ending, small.result, small.result_left_out) == (Event.SUCCEEDED, b'[1,"a"]', False)
    assert (large.ending, large.result, large.result_left_out) == (Event.SUCCEEDED, b"", True)
    assert odd.ending is Event.FAILED_FATALLY
    assert "cannot be encoded" in odd.failure.message


def test_a_traceback_shows_the_users_frames_only() -> None:
    async def it(_: Any) -> None:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise ValueError("second") from error

    shown = run_virtual(reports_of(it)).reports[0].failure.traceback
    assert shown.count("in it") == 2
    assert "KeyError: 'first'" in shown
    assert str(Path(penstock.__file__).parent) not in shown


def test_without_a_frame_of_the_users_there_is_no_traceback() -> None:
    with pytest.raises(NotImplementedError) as caught:
        encode_json(Unencodable())
    kept = failure_of(caught.value.with_traceback(caught.tb.tb_next))  # without this test's own frame
    assert (kept.message, kept.traceback) == ("a value of type Unencodable cannot be written as JSON", "")


def test_a_failed_attempt_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def it(_: Any) -> None:
        raise FatalFailure("two\nlines \x1b[31m")

    task = run_virtual(reports_of(it))
    [line] = [record.message for record in caplog.records if "failed" in record.message]
    assert line.startswith(f"app.it: task {text_of(task.id)} failed in attempt 1: ")
    assert line.endswith("FatalFailure: two lines ?[31m; it is not tried again")


def test_a_flood_of_failures_is_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    async def flood() -> None:
        failures = FailureLog()
        report = Report(TaskId(bytes(16)), 1, Event.RAISED, failure=Failure("ValueError", "no"))
        for _ in range(1000):
            failures.tell("app.it", 1, report)
        await asyncio.sleep(1.5)
        failures.tell("app.it", 1, report)
        failures.close()

    run_virtual(flood())
    lines = [record.message for record in caplog.records]
    assert lines[10] == "… and 990 more failed attempts"
    assert len(lines) == 12


def test_a_payload_that_does_not_fit_is_never_run() -> None:
    ran = []

    async def it(_: Any) -> None:
        ran.append(1)

    report = run_virtual(reports_of(it, "undecodable")).reports[0]
    assert (report.ending, report.run_us, ran) == (Event.UNDECODABLE, 0, [])


def test_a_lambda_sees_its_task() -> None:
    seen: list[Any] = []

    async def it(_: Any) -> None:
        await asyncio.sleep(0.1)
        seen.append(RUNNING.get())

    task = run_virtual(reports_of(it))
    (context,) = seen
    assert (context.id, context.claim, context.attempt, context.scheduled_at_us) == (task.id, 1, 1, 7)
    assert (context.lambda_name, context.collection, context.cancelled) == ("app.it", "box", False)
