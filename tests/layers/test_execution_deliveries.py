"""Deliveries in an executor: what runs, and what is said of the events."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from penstock import App, EventFailed, FatalFailure, RetriableFailure, current_task, progress
from penstock import Event as Delivered
from penstock.model.event import Event as Stored
from penstock.model.identity import text_of
from penstock.model.lane import Priority
from penstock.model.lifecycle import Event
from penstock.model.task import Report
from penstock.sdk.running import parent_id
from penstock.testing.virtual_loop import run_virtual
from tests.layers.execution_fakes import FakeLambda, FakeOrchestrators, Task
from tests.layers.executor_place import place


def stored(sequence: int, data: bytes = b"{}", stream: str = "files") -> Stored:
    return Stored(stream, "a.txt", sequence, 1, "disk", f"e{sequence}", "made", 1, "application/json", data, {})


EVENTS = [stored(sequence) for sequence in (5, 7, 8)]


def first_report(app: App, *events: Stored, until: Callable[[Task], object] = lambda task: task.reports) -> Report:
    """Of the delivery of these events to the app's only lambda."""

    async def main() -> Report:
        home = FakeOrchestrators()
        [runnable] = app.lambdas().values()
        async with place(home, runnable):  # type: ignore[arg-type]
            task = home.deliver(runnable.name, *(events or EVENTS))
            await home.until(lambda: until(task))
        return task.reports[0]

    return run_virtual(main())


def test_a_delivery_is_run_and_says_how_far_it_goes() -> None:
    app, seen = App("search"), []

    @app.on("files")
    async def index(events: list[Delivered]) -> str:
        seen.extend([event.sequence for event in events])
        return "not kept"

    report = first_report(app)
    assert (report.ending, report.upto, report.failed_at, report.result) == (Event.SUCCEEDED, 8, 0, b"")
    assert seen == [5, 7, 8]


def test_what_the_code_can_learn() -> None:
    app, seen = App("search"), list[Any]()

    @app.on("files")
    async def index(events: list[Delivered]) -> None:
        here = current_task()
        seen.append((here.stream, here.subject, here.attempt, here.claim, here.priority, await here.parents()))
        seen.append((here.id, parent_id()))

    report = first_report(app)
    assert seen[0] == ("files", "a.txt", 1, 1, Priority.HIGH, [])
    assert seen[1] == (text_of(report.id), b"")


def test_a_task_has_no_subject() -> None:
    async def main() -> None:
        seen = []

        async def it(_: Any) -> None:
            seen.append((current_task().stream, current_task().subject))

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)):
            task = home.schedule("app.it")
            await home.ended(task)
        assert seen == [("", "")]
        assert (task.reports[0].upto, task.reports[0].failed_at) == (0, 0)

    run_virtual(main())


def fails_with(error: BaseException, cause: BaseException | None = None) -> Report:
    app = App("search")

    @app.on("files")
    async def index(events: list[Delivered]) -> None:
        raise error from cause

    return first_report(app)


def named(sequence: int, message: str = "") -> EventFailed:
    return EventFailed(Delivered("files", "a.txt", "made", sequence=sequence), message)


def test_the_first_event_that_failed_is_named() -> None:
    report = fails_with(named(7, "too large"))
    assert (report.ending, report.upto, report.failed_at) == (Event.RAISED, 8, 7)
    assert report.failure.message == "too large"
    assert "raise error" in report.failure.traceback


@pytest.mark.parametrize(
    ("cause", "ending", "delay_s"),
    [
        (OSError("no disk"), Event.RAISED, None),
        (FatalFailure("no disk"), Event.FAILED_FATALLY, None),
        (RetriableFailure("no disk", delay=9), Event.FAILED_RETRIABLY, 9),
    ],
)
def test_what_it_was_raised_from_says_why(cause: Exception, ending: Event, delay_s: float | None) -> None:
    report = fails_with(named(7), cause)
    assert (report.ending, report.failed_at, report.retry_delay_s) == (ending, 7, delay_s)
    assert report.failure.message == "no disk"
    assert report.failure.type.endswith(type(cause).__name__)


def test_any_other_failure_names_none() -> None:
    report = fails_with(OSError("no disk"))
    assert (report.ending, report.upto, report.failed_at) == (Event.RAISED, 8, 0)


@pytest.mark.parametrize("sequence", [0, 6, 9, -1])
def test_an_event_of_another_delivery_is_not_believed(sequence: int) -> None:
    report = fails_with(named(sequence, "too large"))
    assert (report.ending, report.failed_at) == (Event.RAISED, 0)
    assert report.failure.message == (
        f"too large (EventFailed named event {sequence}, which is none of this delivery: none of it counts as done)"
    )


def test_a_task_has_no_events_to_name() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            raise named(7)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)):
            task = home.schedule("app.it")
            await home.until(lambda: task.reports)
        assert (task.reports[0].ending, task.reports[0].failed_at) == (Event.RAISED, 0)

    run_virtual(main())


def test_unreadable_data_names_its_event_when_those_before_it_are_done() -> None:
    app, seen = App("search"), []

    @app.on("files")
    async def index(events: list[Delivered[dict[str, int]]]) -> None:
        seen.extend([event.sequence for event in events])

    report = first_report(app, stored(5), stored(6), stored(7, b"[]"), stored(8))
    assert (report.ending, report.failed_at, report.upto, seen) == (Event.UNDECODABLE, 7, 8, [5, 6])
    assert (report.failure.type, report.failure.traceback) == ("Undecodable", "")
    assert "the data of event 7 of 'a.txt' (made) is no dict[str, int]: Expected `object`" in report.failure.message
    assert report.run_us > 0


def test_when_the_first_is_unreadable_nothing_runs() -> None:
    app, seen = App("search"), []

    @app.on("files")
    async def index(events: list[Delivered[dict[str, int]]]) -> None:
        seen.append(events)

    report = first_report(app, stored(5, b"{"), stored(6))
    assert (report.ending, report.failed_at, report.run_us, seen) == (Event.UNDECODABLE, 5, 0, [])


def test_what_fails_before_the_unreadable_one_counts() -> None:
    app = App("search")

    @app.on("files")
    async def index(events: list[Delivered[dict[str, int]]]) -> None:
        raise EventFailed(events[1])

    report = first_report(app, stored(5), stored(6), stored(7, b"[]"))
    assert (report.ending, report.failed_at) == (Event.RAISED, 6)


def test_a_function_of_one_event_names_the_one_whose_time_was_up() -> None:
    app, seen = App("search"), []

    @app.on("files", timeout=2)
    async def index(event: Delivered) -> None:
        seen.append(event.sequence)
        if event.sequence == 7:
            await asyncio.sleep(3600)

    report = first_report(app)
    assert (report.ending, report.failed_at, seen[:2]) == (Event.TIMED_OUT, 7, [5, 7])
    assert report.failure.message == "ran longer than its timeout of 2 s"


def test_all_of_a_list_has_timed_out() -> None:
    app = App("search")

    @app.on("files", timeout=2)
    async def index(events: list[Delivered]) -> None:
        await asyncio.sleep(3600)

    report = first_report(app)
    assert (report.ending, report.failed_at, report.upto) == (Event.TIMED_OUT, 0, 8)


def test_a_cancel_is_heard_between_two_events() -> None:
    async def main() -> None:
        app, seen = App("search"), []
        home = FakeOrchestrators()
        begun = asyncio.Event()

        @app.on("files")
        async def index(event: Delivered) -> None:
            seen.append(event.sequence)
            begun.set()
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                return  # it is stubborn; the next one does not begin

        async with place(home, *app.lambdas().values()):  # type: ignore[arg-type]
            task = home.deliver("search.index", *EVENTS)
            await begun.wait()
            home.cancel(task)
            await home.until(lambda: task.reports)
        assert (task.reports[0].ending, task.reports[0].failed_at, seen) == (Event.STOPPED_FOR_CANCEL, 7, [5])

    run_virtual(main())


def test_a_heartbeat_covers_a_delivery() -> None:
    async def main() -> None:
        app = App("search")

        @app.on("files")
        async def index(events: list[Delivered]) -> None:
            for number in range(60):
                progress(number, 60)
                await asyncio.sleep(1)

        home = FakeOrchestrators(lease_s=30)
        async with place(home, *app.lambdas().values()):  # type: ignore[arg-type]
            task = home.deliver("search.index", *EVENTS)
            await home.ended(task)
        assert home.endings(task) == [Event.SUCCEEDED]
        beats = [beat for _, beats in home.beats for beat in beats if beat.id == task.id]
        assert any(beat.started for beat in beats)
        assert {beat.progress for beat in beats} == {None}, "a cursor says how far it is"

    run_virtual(main())


@pytest.mark.parametrize("stream", ["orders", "files"])
def test_a_delivery_that_another_version_subscribed_to_is_tried_again_elsewhere(stream: str) -> None:
    async def main() -> None:
        app = App("search")
        if stream == "orders":

            @app.on("orders")
            async def index(events: list[Delivered]) -> None:
                raise AssertionError

            runnable: Any = app.lambdas()["search.index"]
        else:
            runnable = FakeLambda("search.index", lambda _: None)
        home = FakeOrchestrators()
        async with place(home, runnable):
            task = home.deliver("search.index", *EVENTS)
            await home.until(lambda: task.reports)
        report = task.reports[0]
        assert (report.ending, report.run_us, report.failed_at) == (Event.LEASE_LOST, 0, 0)
        takes = "takes the events of orders" if stream == "orders" else "takes tasks"
        assert report.failure.message == (
            f"here it {takes}, and this is a delivery of files: workers of several versions run"
        )

    run_virtual(main())


def test_a_task_of_an_event_lambda_is_undecodable() -> None:
    async def main() -> None:
        app = App("search")

        @app.on("files")
        async def index(events: list[Delivered]) -> None: ...

        home = FakeOrchestrators()
        async with place(home, *app.lambdas().values()):  # type: ignore[arg-type]
            task = home.schedule("search.index", {})
            await home.ended(task)
        assert task.reports[0].ending is Event.UNDECODABLE
        assert "takes the events of files and no arguments; publish an event" in task.reports[0].failure.message

    run_virtual(main())


def test_the_log_says_where_a_delivery_failed(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="penstock.execution"):
        fails_with(named(7, "too large"))
        fails_with(OSError("no disk"))
    told = [record.getMessage() for record in caplog.records if "failed in attempt 1" in record.getMessage()]
    assert told[0].startswith("search.index: a delivery of files, subject a.txt, at event 7, failed in attempt 1: ")
    assert told[0].endswith("EventFailed: too large; the events before it are done")
    assert told[1] == (
        "search.index: a delivery of files, subject a.txt, somewhere up to event 8, failed in attempt 1: "
        "OSError: no disk; none of it counts as done"
    )
