"""Progress as users of the SDK say and read it."""

import threading
from contextvars import copy_context
from typing import Any

import pytest

from penstock import App, InvalidInput, Progress, progress
from penstock.model.identity import parse_id
from penstock.model.lane import Priority
from penstock.model.limits import PROGRESS_MESSAGE_BYTES_MAX
from penstock.model.running import RUNNING, RunningTask
from penstock.wire.v1 import penstock_pb2 as pb
from tests.layers.sdk_fixtures import Time, app_fixture, frontend_fixture, time_fixture  # noqa: F401 - found by name
from tests.layers.sdk_frontend import FakeFrontend

ID = parse_id("01999999-0000-7000-8000-000000000000")


def running() -> RunningTask:
    return RunningTask(ID, "mail.a", 1, 1, 0, "", Priority.NORMAL)


def test_it_is_kept_with_the_task_that_runs_here_also_on_a_thread() -> None:
    task = running()

    def lambda_() -> None:
        RUNNING.set(task)
        progress(1)
        assert task.progress == Progress(1.0)
        progress(371, 500, "resizing")

    thread = threading.Thread(target=copy_context().run, args=(lambda_,))
    thread.start()
    thread.join()
    assert task.progress == Progress(371.0, 500.0, "resizing")
    assert task.progress.share == 0.742


def test_outside_of_a_lambda_it_does_nothing() -> None:
    progress(1, 2, "a plain call of its function")


def test_a_long_message_is_cut_and_a_strange_one_made_fit() -> None:
    task = running()
    token = RUNNING.set(task)
    progress(1, 2, "€" * 1_000)
    assert task.progress is not None
    assert task.progress.message == "€" * (PROGRESS_MESSAGE_BYTES_MAX // 3)
    progress(1, 2, "a\x00b\ud800")
    assert task.progress.message == "a\\x00b\\ud800"
    RUNNING.reset(token)


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("3",), "done: '3' is no number"),
        ((True,), "done: True is no number"),
        ((-1,), "done: -1 is no progress"),
        ((float("nan"),), "done: nan is no progress"),
        ((1, float("inf")), "total: inf is no progress"),
        ((10**400,), "done: is too large"),
        ((1, 2, b"bytes"), "message: b'bytes' is not text"),
        ((1, 2, None), "message: None is not text"),
    ],
    ids=str,
)
def test_what_is_no_progress_is_refused_at_once(arguments: Any, place: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{place}"):
        progress(*arguments)


async def test_a_handle_reads_the_last_word(app: App, frontend: FakeFrontend) -> None:
    handle = await app.lambda_("billing.charge").schedule()
    assert await handle.progress() is None
    said = pb.Progress(done=1, total=2, message="half", at_us=7, claim=1)
    frontend.tasks[parse_id(handle.id)].progress.CopyFrom(said)
    assert await handle.progress() == Progress(1, 2, "half", 7, 1)
