"""Deliveries in real executors: coroutines, threads, and what a worker tells of them."""

from pathlib import Path

import pytest

from penstock.adapters.processes.inspection import describe_app
from penstock.model.event import Event as Stored
from penstock.model.lifecycle import Event
from penstock.model.subscription import START_AT_THE_BEGINNING, DataForm, SubscriptionSpec
from tests.processes.executor_worker import worker

APP = "tests.processes.event_app:app"


def stored(sequence: int) -> Stored:
    data = b'{"size": %d}' % sequence
    return Stored("files", "a.txt", sequence, 1, "disk", f"e{sequence}", "made", 1, "application/json", data, {})


async def test_a_worker_tells_what_its_lambdas_subscribe_to() -> None:
    described = await describe_app(APP)
    listed = SubscriptionSpec(
        "files", batch_max=7, after=("app.plain",), start_at_us=START_AT_THE_BEGINNING, data_form=DataForm.JSON
    )
    assert {each.name: each.subscription for each in described.registrations} == {
        "app.listed": listed,
        "app.plain": SubscriptionSpec("files", data_form=DataForm.JSON),
    }


async def test_deliveries_run_on_the_loop_and_on_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVALS", str(tmp_path / "intervals"))
    async with worker(tmp_path, "listed", "plain", app=APP) as here:
        events = [stored(sequence) for sequence in (5, 6, 7)]
        listed = here.home.deliver("app.listed", *events)
        plain = here.home.deliver("app.plain", *events)
        await here.home.ended(listed, plain)
    assert [(each.ending, each.upto, each.failed_at) for each in listed.reports] == [(Event.SUCCEEDED, 7, 0)]
    failed, done = plain.reports
    assert (failed.ending, failed.upto, failed.failed_at) == (Event.RAISED, 7, 6)
    assert (failed.failure.type, failed.failure.message) == ("OSError", "no disk for a.txt")
    assert "event_app.py" in failed.failure.traceback
    assert "penstock/sdk" not in failed.failure.traceback
    assert (done.ending, done.failed_at) == (Event.SUCCEEDED, 0)
