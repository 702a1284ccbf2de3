"""What the watcher sees: a live bar on a terminal, a line now and then elsewhere."""

import sys
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_PLAIN_STEPS = 10


class Screen(Protocol):
    def say(self, text: str) -> None: ...
    def begin(self, total: int) -> None: ...
    def show(self, done: int, rate: float, executor: str) -> None: ...
    def end(self) -> None: ...


class LiveScreen:
    """A bar that moves."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("[bold]files"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("[cyan]{task.fields[rate]:>5.0f}/s"),
            TextColumn("[dim]{task.fields[executor]}"),
            TimeElapsedColumn(),
            console=Console(highlight=False),
            expand=True,
        )
        self._bar = None

    def say(self, text: str) -> None:
        self._progress.console.print(text, markup=False)

    def begin(self, total: int) -> None:
        self._bar = self._progress.add_task("", total=total, rate=0.0, executor="")
        self._progress.start()

    def show(self, done: int, rate: float, executor: str) -> None:
        if self._bar is not None:
            self._progress.update(self._bar, completed=done, rate=rate, executor=executor)

    def end(self) -> None:
        self._progress.stop()


class PlainScreen:
    """A line for every tenth."""

    def __init__(self) -> None:
        self._total = self._said = 0

    def say(self, text: str) -> None:
        print(text, flush=True)

    def begin(self, total: int) -> None:
        self._total = total

    def show(self, done: int, rate: float, executor: str) -> None:
        step = done * _PLAIN_STEPS // max(1, self._total)
        if step > self._said:
            self._said = step
            self.say(f"  {done} of {self._total} files, {rate:.0f}/s, {executor}")

    def end(self) -> None:
        """Nothing moves."""


def screen() -> Screen:
    return LiveScreen() if sys.stdout.isatty() else PlainScreen()
