"""What there is to say about embedded engines: programs, data and processes, without starting anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from penstock.adapters.embedded import nats, postgres, programs, state
from penstock.adapters.embedded.errors import EngineError
from penstock.adapters.embedded.folder import Folder, owner_of
from penstock.adapters.embedded.leftovers import recognise


@dataclass(frozen=True)
class EngineReport:
    """One engine: the program that a start would use, or why there is none, and what runs now."""

    engine: str
    program: str | None
    problem: str | None
    data_folder: Path
    log: Path
    running_pid: int | None
    owner_pid: int | None
    """who has the folder; None beside a running engine: its starter was killed and left it behind"""


def describe(
    folder: Path, *, postgres_binary_folder: Path | None = None, nats_binary: Path | None = None
) -> list[EngineReport]:
    """Report on both engines of a folder; nothing is started, written or locked."""
    place = Folder(folder)
    owner = owner_of(place)
    reports = []
    for engine, data, log, marker in (
        (postgres.ENGINE, place.postgres_data, place.postgres_log, place.postgres_data),
        (nats.ENGINE, place.nats_data, place.nats_log, place.nats_config),
    ):
        program, problem = None, None
        try:
            if engine == postgres.ENGINE:
                program = str(programs.find_postgres(postgres_binary_folder, data))
            else:
                program = str(programs.find_nats(nats_binary))
            facts = state.read(place).get(engine, {})
        except EngineError as error:
            problem, facts = str(error), {}
        running = recognise(facts.get("pid"), facts.get("started_at"), str(marker))
        pid = running.pid if running else None
        reports.append(EngineReport(engine, program, problem, data, log, pid, owner))
    return reports
