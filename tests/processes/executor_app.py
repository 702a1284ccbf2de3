"""An app that does everything wrong. Its lambdas write their own intervals, so overlap is seen from outside."""

import asyncio
import ctypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from penstock.model.identity import text_of
from penstock.model.policy import LambdaPolicy
from penstock.model.running import RUNNING
from penstock.ports.registry import Registration
from tests.layers.execution_fakes import FakeLambda, table

LONG_S = 600.0


def note(what: str) -> None:
    task = RUNNING.get()
    assert task is not None
    line = f"{text_of(task.id)} {task.claim} {what} {time.monotonic():.6f} {os.getpid()} {task.attempt}\n"
    file = os.open(os.environ["INTERVALS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, line.encode())
    os.close(file)


@contextmanager
def interval() -> Iterator[None]:
    note("start")
    try:
        yield
    finally:
        note("end")


def is_first() -> bool:
    task = RUNNING.get()
    assert task is not None
    return task.claim == 1


async def double(number: int) -> int:
    with interval():
        return number * 2


async def sleep(seconds: float) -> str:
    with interval():
        await asyncio.sleep(seconds)
    return "slept"


def sleep_in_thread(seconds: float) -> str:
    with interval():
        time.sleep(seconds)
    return "slept"


async def long_at_first(_: Any) -> str:
    """Whoever wants to catch it in its first claim has all the time in the world."""
    with interval():
        if is_first():
            await asyncio.sleep(LONG_S)
    return "not long"


def long_thread_at_first(_: Any) -> str:
    with interval():
        if is_first():
            time.sleep(LONG_S)
    return "not long"


async def until_told(_: Any) -> str:
    """Runs until the test gives the word."""
    word = Path(os.environ["INTERVALS"] + ".word")
    with interval():
        while not word.exists():
            await asyncio.sleep(0.02)
    return "told"


def patient_thread(_: Any) -> str:
    """Looks at its token, as a good function does."""
    with interval():
        task = RUNNING.get()
        assert task is not None
        while not task.cancelled:
            time.sleep(0.01)
    return "saw it"


async def swallow(seconds: float) -> str:
    """Doesn't listen when it is cancelled."""
    with interval():
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                note("swallowed")
    return "swallowed"


async def block(seconds: float) -> str:
    """Blocks the users' loop."""
    with interval():
        time.sleep(seconds)
    return "blocked"


async def exit_politely(code: int) -> None:
    with interval():
        sys.exit(code)


async def exit_hard(code: int) -> None:
    note("start")
    sys.stderr.write("the last words\n")
    os._exit(code)


async def crash_in_c(_: Any) -> None:
    note("start")
    ctypes.string_at(0)


async def close_everything(_: Any) -> str:
    """Returns, and what its process needs is gone."""
    note("start")
    os.closerange(3, 200)
    return "closed"


def fork_and_sleep(seconds: float) -> None:
    """Leaves a process behind when it is killed."""
    note("start")
    if os.fork() == 0:
        note("grandchild")
        time.sleep(seconds)
        os._exit(0)
    time.sleep(seconds)


async def leave_a_bomb(_: Any) -> str:
    """A task of its own that raises SystemExit outside of any lambda."""

    async def bomb() -> None:
        raise SystemExit(5)

    with interval():
        background = asyncio.get_running_loop().create_task(bomb())
        await asyncio.sleep(0.05)
        assert background.done()
    return "survived"


async def context(_: Any) -> list[Any]:
    task = RUNNING.get()
    assert task is not None
    return [task.lambda_name, task.attempt, task.claim, task.scheduled_at_us, task.collection, int(task.priority)]


def thread_name(_: Any) -> list[Any]:
    task = RUNNING.get()
    assert task is not None
    return [task.lambda_name, threading.current_thread() is threading.main_thread()]


def fake(body: Any, is_async: bool = True, timeout_s: float = 600.0) -> FakeLambda:
    return FakeLambda(f"app.{body.__name__}", body, is_async, timeout_s)


class App:
    name = "app"

    def __init__(self, *lambdas: FakeLambda, hooks: tuple[Any, ...] = ()) -> None:
        self._lambdas, self.hooks = lambdas, hooks

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        with ExitStack() as stack:
            for hook in self.hooks:
                stack.enter_context(hook())
            yield

    def lambdas(self) -> Any:
        return table(*self._lambdas)

    def schedules(self) -> list[Any]:
        return []

    def registrations(self) -> list[Registration]:
        return [Registration(each.name, "1", LambdaPolicy(), b"{}") for each in self._lambdas]


@contextmanager
def pool() -> Iterator[None]:
    with Path(os.environ["INTERVALS"] + ".hooks").open("a") as notes:
        print("entered", file=notes, flush=True)
        yield
        print("left", file=notes)


app = App(
    fake(double),
    fake(sleep),
    fake(sleep_in_thread, is_async=False),
    fake(long_at_first),
    fake(long_thread_at_first, is_async=False),
    fake(until_told),
    fake(patient_thread, is_async=False),
    fake(swallow, timeout_s=0.3),
    fake(block),
    fake(exit_politely),
    fake(exit_hard),
    fake(close_everything),
    fake(crash_in_c),
    fake(leave_a_bomb),
    fake(fork_and_sleep, is_async=False),
    fake(context),
    fake(thread_name, is_async=False),
    FakeLambda("app.late_thread", sleep_in_thread, is_async=False, timeout_s=0.5),
    FakeLambda("app.late_coroutine", sleep, timeout_s=0.3),
    hooks=(pool,),
)


@contextmanager
def child() -> Iterator[None]:
    """A process of the app's own, in the executor's group."""
    with subprocess.Popen(["sleep", "3600"]) as sleeping:
        Path(os.environ["INTERVALS"] + ".child").write_text(str(sleeping.pid))
        yield
        sleeping.kill()


with_child = App(fake(double), hooks=(child,))


def _broken_hook() -> None:
    raise RuntimeError("no database today")


broken = App(fake(double), hooks=(_broken_hook,))
