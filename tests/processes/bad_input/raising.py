"""An app whose lambdas end as badly as they can. The worker imports it as `raising:app`."""

import threading
from typing import Any, NoReturn

from penstock import App, FatalFailure, RetriableFailure, Retry

app = App("raising")
ONCE = Retry(max_attempts=1, backoff=0.01)
HUGE = 50 * 1024 * 1024


class Unspeakable(Exception):
    """Cannot be pickled, cannot be shown."""

    def __init__(self) -> None:
        super().__init__(threading.Lock())

    def __reduce__(self) -> NoReturn:
        raise RuntimeError("no")

    def __str__(self) -> NoReturn:
        raise RuntimeError("nor that")

    __repr__ = __str__


class Fundamental(BaseException):
    """Not an Exception."""


class Endless(Exception):
    """Its cause is itself."""

    def __str__(self) -> str:
        return "\x00\ud800" + "round and round " * 10_000


@app.task(retry=ONCE)
async def unspeakable() -> None:
    raise Unspeakable


@app.task(retry=ONCE)
def huge_in_a_thread() -> None:
    raise ValueError("x" * HUGE, bytes(HUGE))


@app.task(retry=ONCE)
async def fundamental() -> None:
    raise Fundamental("the ground")


@app.task(retry=ONCE)
def fundamental_in_a_thread() -> None:
    raise Fundamental("the ground")


@app.task(retry=ONCE)
async def leaves() -> None:
    raise SystemExit(3)


@app.task(retry=ONCE)
def leaves_in_a_thread() -> None:
    raise SystemExit(3)


@app.task(retry=ONCE)
async def interrupts() -> None:
    raise KeyboardInterrupt


@app.task(retry=ONCE)
async def endless() -> None:
    error = Endless()
    raise error from error


@app.task(retry=ONCE)
def many_together() -> None:
    raise BaseExceptionGroup("many", [ValueError(str(at)) for at in range(1_000)])


@app.task(retry=ONCE)
def deep() -> None:
    deep.function()  # until Python says enough


@app.task
async def fatal() -> None:
    raise FatalFailure("x" * 100_000)


@app.task(retry=ONCE)
async def later() -> None:
    raise RetriableFailure("soon", delay=float("nan"))


@app.task
async def returns_a_lock() -> Any:
    return threading.Lock()


@app.task
async def returns_nan() -> Any:
    return float("nan")


@app.task
def returns_another_type() -> list[int]:
    return [1, "two"]  # type: ignore[list-item]


@app.task
async def returns_itself() -> Any:
    ring: list[Any] = []
    ring.append(ring)
    return ring


@app.task
async def returns_too_much() -> str:
    return "x" * 65_535


@app.task
async def returns_just_enough() -> str:
    return "x" * 65_534


@app.task
async def well(a: int) -> int:
    return a
