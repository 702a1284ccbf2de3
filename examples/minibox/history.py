"""What the lambdas write about themselves: a line when their code begins, a line when it is done.

Each process has a file of its own, each line is one write to its end: a process that is killed leaves a begin
without an end, and what it did runs again, in another.
"""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from penstock import Event, current_task

from .box import FileChange, box

_parts: dict[tuple[int, Path], "_Part"] = {}


class Note:
    """What a lambda adds to its line at the end."""

    def __init__(self) -> None:
        self.words: dict[str, Any] = {}

    def add(self, **words: Any) -> None:
        self.words |= words


@contextmanager
def witnessed(event: Event[FileChange]) -> Iterator[Note]:
    """The block that a lambda runs for an event."""
    late_us = time.time_ns() // 1000 - round(event.time.timestamp() * 1e6) if event.time else 0
    with _witnessed(subject=event.subject, sequence=event.sequence, type=event.type, late_us=late_us) as note:
        yield note


@contextmanager
def witnessed_task(subject: str) -> Iterator[Note]:
    """The block that a lambda runs for a task."""
    with _witnessed(subject=subject, task=current_task().id) as note:
        yield note


@contextmanager
def _witnessed(**what: Any) -> Iterator[Note]:
    task, part, note = current_task(), _part(), Note()
    run = f"{os.getpid()}-{threading.get_ident()}-{time.monotonic_ns()}"
    part.write({"begin": run, "lambda": task.lambda_name.partition(".")[2], "at_us": _now_us(), **what})
    try:
        yield note
    except BaseException:
        part.write({"failed": run, "at_us": _now_us()})
        raise
    part.write({"end": run, "at_us": _now_us(), **note.words})


def _now_us() -> int:
    return time.time_ns() // 1000


class _Part:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(folder / f"{os.getpid()}.jsonl", flags, 0o644)
        self._lock = threading.Lock()

    def write(self, line: dict[str, Any]) -> None:
        raw = json.dumps(line).encode() + b"\n"
        with self._lock:
            os.write(self._descriptor, raw)


def _part() -> _Part:
    """This process's own: whoever was forked must not write into its parent's."""
    key = (os.getpid(), box().history)
    if key not in _parts:
        _parts[key] = _Part(key[1])
    return _parts[key]


@dataclass
class Run:
    """One execution of a lambda's code for one event, or for one task."""

    lambda_name: str
    subject: str
    sequence: int
    """0 for a task"""
    type: str
    task: str
    pid: int
    began_us: int
    late_us: int
    """from when the platform knew of the event to the lambda's first line"""
    ended_us: int = 0
    """0: it has not, or never will"""
    failed_us: int = 0
    """its code raised: it is tried again"""
    note: dict[str, Any] = field(default_factory=dict)

    @property
    def event_us(self) -> int:
        """When the platform knew of its event."""
        return self.began_us - self.late_us

    @property
    def is_open(self) -> bool:
        """It runs, or what ran it was killed."""
        return not self.ended_us and not self.failed_us


class History:
    """All parts together, in the order in which the runs began."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs: dict[str, Run] = {}
        self._read_until: dict[Path, int] = {}

    def look(self) -> list[Run]:
        """Reads what the parts have gained since the last look."""
        for part in sorted(self._folder.glob("*.jsonl")):
            for line in self._new_lines(part):
                self._take(line, int(part.stem))
        return sorted(self._runs.values(), key=lambda run: run.began_us)

    def _take(self, line: dict[str, Any], pid: int) -> None:
        if "end" in line:
            run = self._runs[line.pop("end")]
            run.ended_us, run.note = line.pop("at_us"), line
            return
        if "failed" in line:
            self._runs[line["failed"]].failed_us = line["at_us"]
            return
        self._runs[line["begin"]] = Run(
            lambda_name=line["lambda"],
            subject=line["subject"],
            sequence=line.get("sequence", 0),
            type=line.get("type", ""),
            task=line.get("task", ""),
            pid=pid,
            began_us=line["at_us"],
            late_us=max(0, line.get("late_us", 0)),
        )

    def _new_lines(self, part: Path) -> Iterator[dict[str, Any]]:
        with part.open("rb") as file:
            file.seek(self._read_until.get(part, 0))
            raw = file.read()
        whole = raw[: raw.rfind(b"\n") + 1]
        self._read_until[part] = self._read_until.get(part, 0) + len(whole)
        for line in whole.splitlines():
            yield json.loads(line)
