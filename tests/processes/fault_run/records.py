"""What lambdas write of themselves: a line at the start and one at the end, each in one write().

A write survives the death of its process, so these files know more of what ran than the platform does.
Times are CLOCK_MONOTONIC of the one host in microseconds; `wall_us` is the clock that the database has too.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from penstock import current_task
from penstock.model.identity import TaskId
from tests.processes.fault_run.locks import Locks


@dataclass(frozen=True, slots=True)
class Start:
    """The first line of an execution. `held`: another execution of the task had its lock."""

    number: int
    task_id: TaskId
    claim: int
    attempt: int
    pid: int
    at_us: int
    wall_us: int
    held: bool


@dataclass(frozen=True, slots=True)
class End:
    """Its last line. `how`: ok, failed or stopped."""

    task_id: TaskId
    claim: int
    pid: int
    at_us: int
    how: str


class Recorder:
    """One file for a process."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / f"records-{os.getpid()}", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._locks = Locks(folder / "locks")

    @contextmanager
    def execution(self, number: int) -> Iterator[None]:
        """Everything that a lambda does happens in here."""
        task = current_task()
        with self._locks.of(number) as is_free:
            key = f"{task.id.replace('-', '')} {task.claim} {os.getpid()}"
            self._write(f"S {key} {now_us()} {number} {task.attempt} {time.time_ns() // 1000} {int(not is_free)}")
            how = "stopped"  # cancelled: a BaseException
            try:
                yield
                how = "ok"
            except Exception:
                how = "failed"
                raise
            finally:
                self._write(f"E {key} {now_us()} {how}")

    def _write(self, line: str) -> None:
        os.write(self._file, f"{line}\n".encode())


def now_us() -> int:
    return time.monotonic_ns() // 1000


def read_records(folder: Path, pid: int | str = "*") -> tuple[list[Start], list[End]]:
    """All that was written, or what one process wrote, in the order of time."""
    starts: list[Start] = []
    ends: list[End] = []
    for file in folder.glob(f"records-{pid}"):
        for line in _whole_lines(file):
            kind, task_id, claim, pid, at_us, *rest = line.split()
            if kind == "S":
                number, attempt, wall_us, held = map(int, rest)
                starts.append(
                    Start(
                        number,
                        TaskId(bytes.fromhex(task_id)),
                        int(claim),
                        attempt,
                        int(pid),
                        int(at_us),
                        wall_us,
                        bool(held),
                    )
                )
            else:
                ends.append(End(TaskId(bytes.fromhex(task_id)), int(claim), int(pid), int(at_us), rest[0]))
    return sorted(starts, key=lambda each: each.at_us), sorted(ends, key=lambda each: each.at_us)


def _whole_lines(file: Path) -> Iterable[str]:
    whole, newline, _ = file.read_text().rpartition("\n")
    return whole.split("\n") if newline else ()
