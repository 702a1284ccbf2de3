"""What lambdas of events write of themselves: what they were given before they look at it, and what they are done with.

Each line is one write() to a file that is appended to, before the platform hears of it.
Times are CLOCK_MONOTONIC of the one host in microseconds.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from penstock import Event, EventFailed, current_task
from penstock.model.identity import TaskId
from tests.processes.fault_run.records import now_us


@dataclass(frozen=True, slots=True)
class Given:
    """One execution. `events`: sequences, each with the number that stood in its data."""

    subscription: str
    subject: str
    delivery: TaskId
    claim: int
    pid: int
    at_us: int
    events: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Done:
    """All of an execution's events below `below` are done; `below` is 0 when none is."""

    delivery: TaskId
    claim: int
    pid: int
    at_us: int
    below: int


class Notebook:
    """One file for a process."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / f"given-{os.getpid()}", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    @contextmanager
    def looks_at(self, subscription: str, events: Sequence[Event[dict[str, int]]]) -> Iterator[None]:
        """Everything that a lambda does with these events happens in here."""
        task = current_task()
        key = f"{task.id.replace('-', '')} {task.claim} {os.getpid()}"
        given = ",".join(f"{event.sequence}:{event.data['number']}" for event in events)
        self._write(f"G {key} {now_us()} {subscription} {events[0].subject} {given}")
        below = 0
        try:
            yield
            below = events[-1].sequence + 1
        except EventFailed as failed:
            below = failed.sequence
            raise
        finally:
            self._write(f"D {key} {now_us()} {below}")

    def _write(self, line: str) -> None:
        os.write(self._file, f"{line}\n".encode())


def read_notebooks(folder: Path) -> tuple[list[Given], list[Done]]:
    """All that was written, in the order of time."""
    given: list[Given] = []
    done: list[Done] = []
    for file in folder.glob("given-*"):
        whole, newline, _ = file.read_text().rpartition("\n")
        for line in whole.split("\n") if newline else ():
            kind, delivery, claim, pid, at_us, *rest = line.split(" ")
            where = (TaskId(bytes.fromhex(delivery)), int(claim), int(pid), int(at_us))
            if kind == "G":
                pairs = [pair.partition(":") for pair in rest[2].split(",")]
                given.append(Given(rest[0], rest[1], *where, tuple((int(one), int(other)) for one, _, other in pairs)))
            else:
                done.append(Done(*where, int(rest[0])))
    return sorted(given, key=lambda each: each.at_us), sorted(done, key=lambda each: each.at_us)
