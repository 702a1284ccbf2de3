"""How users test lambdas of their own."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from penstock import (
    App,
    Event,
    EventFailed,
    FatalFailure,
    InvalidInput,
    LimitExceeded,
    NotPossible,
    RetriableFailure,
    current_task,
)
from penstock.testing.deliveries import deliver, deliver_sync


@dataclass
class Change:
    size: int


def event(subject: str = "a.txt", sequence: int = 0, **more: Any) -> Event[Any]:
    return Event("files", subject, "changed", sequence=sequence, **({"data": Change(3)} | more))


async def test_a_lambda_is_given_what_a_worker_gives_it() -> None:
    app, seen = App("search"), list[Any]()

    @app.on("files")
    async def index(events: list[Event[Change]]) -> None:
        seen.extend(events)
        here = current_task()
        seen.append((here.stream, here.subject, here.attempt, here.lambda_name))

    outcome = await deliver(index, event(extensions={"region": "eu"}), event(sequence=7), event(id="e9"), attempt=3)
    assert (outcome.verdict, outcome.done, outcome.failed, outcome.error) == ("done", 3, None, None)
    *events, here = seen
    assert here == ("files", "a.txt", 3, "search.index")
    assert [each.sequence for each in events] == [1, 7, 8]
    assert [each.data for each in events] == [Change(3)] * 3
    first, _, last = events
    assert (first.source, first.content_type, first.extensions) == (
        "/streams/files",
        "application/json",
        {"region": "eu"},
    )
    assert (first.time, last.id) == (datetime(2026, 1, 1, tzinfo=UTC), "e9")
    with pytest.raises(NotPossible):
        current_task()


def test_a_plain_function_runs_on_a_thread() -> None:
    app = App("search")

    @app.on("files")
    def index(event: Event[Change]) -> None:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        if current_task().attempt == 1:
            raise OSError("no disk")

    first = deliver_sync(index, event(), event())
    assert (first.verdict, first.done, first.failed, first.message) == ("retried", 0, event(), "no disk")
    assert isinstance(first.error, EventFailed)
    assert deliver_sync(index, event(), event(), attempt=2).verdict == "done"


@pytest.mark.parametrize(
    ("cause", "verdict", "delay_s"),
    [
        (OSError("no disk"), "retried", None),
        (FatalFailure("no disk"), "dead", None),
        (RetriableFailure("no disk", delay=9), "retried", 9),
    ],
)
def test_what_it_raises_is_judged(cause: Exception, verdict: str, delay_s: float | None) -> None:
    app = App("search")

    @app.on("files")
    async def names(events: list[Event]) -> None:
        raise EventFailed(events[1]) from cause

    @app.on("files")
    async def names_none(events: list[Event]) -> None:
        raise cause

    outcome = deliver_sync(names, event(), event(sequence=5), event())
    assert (outcome.verdict, outcome.done, outcome.failed) == (verdict, 1, event(sequence=5))
    assert (outcome.message, outcome.retry_delay_s) == ("no disk", delay_s)
    outcome = deliver_sync(names_none, event(), event())
    assert (outcome.verdict, outcome.done, outcome.failed, outcome.error) == (verdict, 0, None, cause)
    assert deliver_sync(names_none, event()).failed == event(), "of one it is clear which"


def test_an_event_that_is_filtered_out_is_told_of() -> None:
    app = App("search")

    @app.on("files", types=["file.*"], attributes={"region": "eu"})
    async def index(events: list[Event]) -> None: ...

    good = Event("files", "a", "file.made", extensions={"region": "eu", "tier": "1"})
    assert deliver_sync(index, good).verdict == "done"
    for wrong in (Event("files", "a", "folder.made", extensions={"region": "eu"}), Event("files", "a", "file.made")):
        with pytest.raises(InvalidInput, match=r"is filtered out: search.index is never given it"):
            deliver_sync(index, good, wrong)


def test_data_that_is_something_else_is_a_dead_letter() -> None:
    app, seen = App("search"), []

    @app.on("files")
    async def index(events: list[Event[Change]]) -> None:
        seen.append(len(events))

    outcome = deliver_sync(index, event(), event(data={"size": "large"}), event())
    assert (outcome.verdict, outcome.done, seen) == ("dead", 1, [1])
    assert "Expected `int`, got `str`" in outcome.message
    assert deliver_sync(index, event(data=[])).done == 0
    assert seen == [1]


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], "events: are none; a delivery has one at least"),
        ([Event("orders", "7", "paid")], "stream: is orders; search.index takes the events of files"),
        ([event("a"), event("b")], "subject: is not the same for all; a delivery has the events of one"),
        ([event(sequence=7), event(sequence=7)], "sequence: 7 is not above 7, the one before"),
        ([event(""), event("")], "subject: is empty"),
        ([event(data=float("nan"))], "data: holds nan"),
    ],
)
def test_events_that_no_delivery_has(events: list[Event[Any]], words: str) -> None:
    app = App("search")

    @app.on("files", batch=2)
    async def index(events: list[Event]) -> None: ...

    with pytest.raises(InvalidInput, match=words):
        deliver_sync(index, *events)
    with pytest.raises(LimitExceeded, match=r"events: are 3; search.index takes 2 at once"):
        deliver_sync(index, event(), event(), event())
