"""What the watcher sees: the pipes, live, on a terminal; a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from .figures import Pipe

_BARS: Final = " ▁▂▃▄▅▆▇█"
_PIPE_CHARS: Final = 16
_RATE_SECONDS: Final = 16
_LINE_EVERY_S: Final = 5.0
_TOLD_MAX: Final = 7
_WHAT: Final = {
    "index": "full-text search",
    "notify": "people, after index",
    "previews": "thumbnails, HTML",
    "audit": "log, each once",
    "webhook": "signed, to others",
    "permissions": "down the tree",
}


@dataclass
class Sight:
    """What there is to be seen at a moment."""

    phase: str
    pipes: Sequence[Pipe]
    files: int
    changes: int
    tasks: int
    lost_pings: tuple[int, int]
    refreshed: int


class View(Protocol):
    def say(self, text: str) -> None: ...
    def begin(self) -> None: ...
    def show(self, sight: Sight) -> None: ...
    def end(self) -> None: ...


class LiveView:
    """A table that moves, with what was said below it."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._live: Live | None = None
        self._told: list[str] = []
        self._began_s = time.monotonic()

    def say(self, text: str) -> None:
        if self._live is None:
            self._console.print(text, markup=False)
        else:
            self._told.append(text)

    def begin(self) -> None:
        self._live = Live(console=self._console, auto_refresh=False)
        self._live.start()

    def show(self, sight: Sight) -> None:
        if self._live is not None:
            self._live.update(self.picture(sight), refresh=True)

    def end(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def picture(self, sight: Sight) -> RenderableType:
        """The whole of it."""
        lost, pings = sight.lost_pings
        facts = Text.assemble(
            (f"{time.monotonic() - self._began_s:5.1f} s  ", "dim"),
            (f"{sight.phase}  ", "bold"),
            (f"{sight.files} files  {sight.changes} changes  {sight.tasks} tasks in chains  ", ""),
            (f"{lost} of {pings} pings lost", "red" if lost else "dim"),
            (f"  {sight.refreshed} refreshed", "magenta" if sight.refreshed else "dim"),
        )
        parts: list[RenderableType] = [facts, _table(sight.pipes, self._console.width)]
        parts += [Text(line, "dim", overflow="ellipsis", no_wrap=True) for line in self._told[-_TOLD_MAX:]]
        return Panel(Group(*parts), title="[bold]Minibox", border_style="blue", padding=(0, 1))


def _table(pipes: Sequence[Pipe], width: int) -> Table:
    """What a narrow terminal has no room for is left out."""
    table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False)
    wanted = [each for each in _COLUMNS if width >= each.from_width]
    for each in wanted:
        table.add_column(each.heading, justify="right" if each.is_number else "left", no_wrap=True)
    for pipe in pipes:
        table.add_row(*(each.cell(pipe) for each in wanted))
    return table


@dataclass(frozen=True)
class _Column:
    heading: str
    cell: Callable[[Pipe], Text]
    is_number: bool = False
    from_width: int = 0


def _alert(count: int, colour: str, calm: str) -> Text:
    return Text(str(count), colour if count else calm)


def _pipe(pipe: Pipe) -> Text:
    full = _PIPE_CHARS * pipe.done // max(1, pipe.done + pipe.behind)
    return Text.assemble(("━" * full, "green"), ("╌" * (_PIPE_CHARS - full), "yellow"))


def rate_now(pipe: Pipe) -> int:
    """Of the last second that is over."""
    return pipe.per_second[-2] if len(pipe.per_second) > 1 else 0


def spark(values: Sequence[int]) -> str:
    """A bar for each."""
    highest = max(values, default=0) or 1
    return "".join(_BARS[min(8, -(-8 * value // highest))] for value in values)


_COLUMNS: Final = (
    _Column("lambda", lambda pipe: Text(pipe.name, "bold cyan")),
    _Column("", lambda pipe: Text(_WHAT[pipe.name], "dim"), from_width=124),
    _Column("pipe", _pipe),
    _Column("done", lambda pipe: Text(str(pipe.done)), is_number=True),
    _Column("behind", lambda pipe: _alert(pipe.behind, "yellow", "green"), is_number=True),
    _Column("events/s", lambda pipe: Text(str(rate_now(pipe))), is_number=True),
    _Column("", lambda pipe: Text(spark(pipe.per_second[-_RATE_SECONDS:]).rjust(_RATE_SECONDS), "blue"), from_width=90),
    _Column("p95", lambda pipe: Text(f"{pipe.p95_ms} ms"), is_number=True),
    _Column("again", lambda pipe: _alert(pipe.again, "red", "dim"), is_number=True),
)


class PlainView:
    """A line every few seconds."""

    def __init__(self) -> None:
        self._next_s = 0.0

    def say(self, text: str) -> None:
        print(text, flush=True)

    def begin(self) -> None:
        self._next_s = time.monotonic() + _LINE_EVERY_S

    def show(self, sight: Sight) -> None:
        if time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + _LINE_EVERY_S
        behind = ", ".join(f"{pipe.name} {pipe.behind}" for pipe in sight.pipes if pipe.behind) or "nobody"
        done = sum(pipe.done for pipe in sight.pipes)
        self.say(f"  {sight.phase}: {sight.files} files, {sight.changes} changes, {done} deliveries; behind: {behind}")

    def end(self) -> None:
        """Nothing moves."""


def view() -> View:
    """The one that fits where the output goes."""
    return LiveView() if sys.stdout.isatty() else PlainView()
