"""What the executors write down, and what can be read from it afterwards.

Each executor has a part file of its own. A line is one write to the end of it, so an executor that is
killed leaves at most one line without an end, and that line's task was not reported as done: it runs
again, in another executor, which writes it whole. Two lines for one task say the same; one counts.
"""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER_VARIABLE = "FIRST_LIGHT_LEDGER"


class Part:
    """One executor's file, open for the whole of its life."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(folder / f"{os.getpid()}.jsonl", flags, 0o644)
        self._lock = threading.Lock()

    def write(self, line: dict[str, Any]) -> None:
        raw = json.dumps(line).encode() + b"\n"
        with self._lock:
            os.write(self._descriptor, raw)


@dataclass
class Ledger:
    """All parts together. Begun: executions whose first line ran; facts: by task id."""

    begun: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)


class Reader:
    """Reads what the parts have gained since it looked last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger()
        self._read_until: dict[Path, int] = {}

    def look(self) -> Ledger:
        for part in sorted(self.folder.glob("*.jsonl")):
            for line in self._new_lines(part):
                if "begin" in line:
                    self.ledger.begun.append({**line, "pid": int(part.stem)})
                else:
                    self.ledger.facts[line.pop("fact")] = line
        return self.ledger

    def running_in(self, pid: int) -> list[dict[str, Any]]:
        """What began in that executor and has no end there."""
        return [line for line in self.ledger.begun if line["pid"] == pid and line["begin"] not in self.ledger.facts]

    def _new_lines(self, part: Path) -> Iterator[dict[str, Any]]:
        with part.open("rb") as file:
            file.seek(self._read_until.get(part, 0))
            raw = file.read()
        whole = raw[: raw.rfind(b"\n") + 1]
        self._read_until[part] = self._read_until.get(part, 0) + len(whole)
        for line in whole.splitlines():
            yield json.loads(line)
