"""An event loop whose time is a number: weeks pass in seconds, and every run is the same run.

Nothing here waits. When no callback is ready, the clock moves to the next timer. When there is no timer
either, nothing can ever happen again, and that is an error with a name.

A program repeats itself exactly if it draws time, chance and identity from what is injected. Two sources
of disorder are taken away here: tasks and futures hash by the order of their making, not by their
address, so that a set of them (`asyncio.wait`, `TaskGroup`) has an order; and threads are refused. One
cannot be: sets of `str` and `bytes` follow PYTHONHASHSEED, which must be fixed to repeat a run in another
process.
"""

import asyncio
import math
import selectors
from collections.abc import Callable, Coroutine, Mapping
from contextvars import Context
from itertools import count
from random import Random
from typing import Any, Final, NoReturn, TypeVar, TypeVarTuple

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")
Key = selectors.SelectorKey

LATENESS_S: Final = 0.000_1
"""With a seed, each timer fires up to so much late: as on real machines, no two of them truly coincide."""


class Deadlock(RuntimeError):
    """Nothing is ready, no timer stands, and the program hasn't ended: it waits for what cannot come."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Starts at time 0. `seed` None: timers fire exactly on time; else it decides how late each is."""

    def __init__(self, seed: int | None = None) -> None:
        self._now_s = 0.0
        self._numbers = count()
        self._chance = None if seed is None else Random(seed)
        super().__init__(_NeverBlocking(self._advance))
        self.set_task_factory(self._make_task)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now_s

    def call_at(
        self,
        when: float,
        callback: Callable[[*Arguments], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """As ever, but for the seeded lateness."""
        late_s = self._chance.random() * LATENESS_S if self._chance is not None else 0.0
        return super().call_at(when + late_s, callback, *args, context=context)

    def create_future(self) -> "asyncio.Future[Any]":
        """A future with a place in the order of making."""
        return _NumberedFuture(next(self._numbers), loop=self)

    def run_in_executor(self, *_: object) -> NoReturn:
        """Refused: a thread would run in its own time."""
        raise RuntimeError("a virtual loop has no threads: whatever ran in one would not repeat")

    def _make_task(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> "asyncio.Task[Any]":
        return _NumberedTask(next(self._numbers), coroutine, loop=loop, **options)

    def _advance(self, timeout_s: float | None) -> None:
        if timeout_s is None:
            waiting = sorted(task.get_name() for task in asyncio.all_tasks(self))
            raise Deadlock(
                f"at {self._now_s:.6f} s nothing is ready and no timer stands; waiting: {', '.join(waiting)}"
            )
        if timeout_s > 0:
            # Just past the timer: asyncio runs timers that are strictly before now plus a nanosecond,
            # and after some weeks a nanosecond is less than the last bit of the time.
            self._now_s = math.nextafter(self._now_s + timeout_s, math.inf)


def run_virtual(main: Coroutine[Any, Any, Result], seed: int | None = None) -> Result:
    """Run a program to its end in virtual time. Raises `Deadlock` when it can have no end.

    What it leaves behind is cancelled, as `asyncio.run` does.
    """
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(seed)) as runner:
        return runner.run(main)


class _NeverBlocking(selectors.BaseSelector):
    """Knows the files it was given and finds none of them ready."""

    def __init__(self, advance: Callable[[float | None], None]) -> None:
        self._advance = advance
        self._keys: dict[Any, Key] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> Key:
        key = Key(fileobj, fileobj if isinstance(fileobj, int) else fileobj.fileno(), events, data)
        self._keys[fileobj] = key
        return key

    def unregister(self, fileobj: Any) -> Key:
        return self._keys.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[Key, int]]:
        self._advance(timeout)
        return []

    def get_map(self) -> Mapping[Any, Key]:
        return self._keys

    def close(self) -> None:
        self._keys.clear()


class _NumberedFuture(asyncio.Future[Any]):
    def __init__(self, number: int, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self._number = number

    def __hash__(self) -> int:
        return self._number


class _NumberedTask(asyncio.Task[Any]):
    def __init__(self, number: int, coroutine: Any, **options: Any) -> None:
        # First of all: a task enters the set of all tasks while it is being made.
        self._number = number
        super().__init__(coroutine, **options)

    def __hash__(self) -> int:
        return self._number
