"""The token that plain functions look at, and what their authors say of a cancel."""

import threading
from asyncio import CancelledError
from contextvars import copy_context
from typing import Any

import pytest

from penstock import App, InvalidInput, NotPossible, current_task
from penstock.model.identity import parse_id
from penstock.model.lane import Priority
from penstock.model.running import RUNNING, RunningTask
from penstock.sdk.runnable import RunnableLambda

PATIENCE_S = 20.0


def running() -> RunningTask:
    return RunningTask(parse_id("01999999-0000-7000-8000-000000000000"), "mail.a", 1, 1, 0, "", Priority.NORMAL)


def on_a_thread(task: RunningTask, body: Any) -> threading.Thread:
    def run() -> None:
        RUNNING.set(task)
        body()

    thread = threading.Thread(target=copy_context().run, args=(run,))
    thread.start()
    return thread


def test_a_wait_for_the_token_ends_with_the_cancel() -> None:
    task, seen = running(), list[bool]()
    thread = on_a_thread(task, lambda: seen.append(current_task().wait_cancelled()))
    while task.stop_signal is None:
        pass
    assert not seen
    task.cancelled = True
    task.stop_signal.set()
    thread.join(PATIENCE_S)
    assert seen == [True]


def test_a_wait_that_begins_after_the_cancel_does_not_wait() -> None:
    task, seen = running(), list[bool]()
    task.cancelled = True
    on_a_thread(task, lambda: seen.append(current_task().wait_cancelled())).join(PATIENCE_S)
    assert seen == [True]


def test_a_wait_is_over_after_its_time() -> None:
    task, seen = running(), list[bool]()
    on_a_thread(task, lambda: seen.append(current_task().wait_cancelled(0.001))).join(PATIENCE_S)
    assert seen == [False]


def test_a_function_may_end_by_its_cancel() -> None:
    task = running()
    token = RUNNING.set(task)
    current_task().raise_if_cancelled()
    task.cancelled = True
    with pytest.raises(CancelledError):
        current_task().raise_if_cancelled()
    RUNNING.reset(token)


async def test_a_coroutine_is_not_blocked_by_a_wait() -> None:
    token = RUNNING.set(running())
    with pytest.raises(NotPossible, match="for plain functions"):
        current_task().wait_cancelled()
    RUNNING.reset(token)


def test_an_author_says_what_becomes_of_code_that_hears_no_cancel() -> None:
    app = App("mail")

    def body() -> None: ...

    made = [
        app.task(name="a")(body),
        app.task(name="b", on_cancel="wait")(body),
        app.task(name="c", on_cancel="kill")(body),
        app.task(name="d", on_cancel="kill", cancel_grace=0.5)(body),
    ]
    assert [RunnableLambda(each).cancel_grace_s for each in made] == [None, None, 5.0, 0.5]


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"on_cancel": "stop"}, "on_cancel: 'stop' is none; use 'wait' or 'kill'"),
        ({"on_cancel": None}, "on_cancel: None is none"),
        ({"cancel_grace": 3}, "cancel_grace: goes with on_cancel='kill'"),
        ({"on_cancel": "kill", "cancel_grace": -1}, "cancel_grace: -1 seconds are outside"),
        ({"on_cancel": "kill", "cancel_grace": float("nan")}, "cancel_grace: nan"),
        ({"on_cancel": "kill", "cancel_grace": "5 s"}, "cancel_grace: '5 s' is neither"),
    ],
    ids=str,
)
def test_an_order_for_cancels_that_means_nothing(options: Any, place: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{place}"):
        App("mail").task(**options)
