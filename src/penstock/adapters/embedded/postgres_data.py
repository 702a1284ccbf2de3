"""The data folder of the embedded PostgreSQL: made whole or not at all, its settings fresh at every start."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from penstock.adapters.embedded import postgres_settings
from penstock.adapters.embedded.errors import EngineError, from_log, from_os_error
from penstock.adapters.embedded.leftovers import at_work_in, end_leftovers, left_behind
from penstock.adapters.embedded.processes import clean_environment

if TYPE_CHECKING:
    from pathlib import Path

    from penstock.adapters.embedded.folder import Folder
    from penstock.adapters.embedded.identity import Identity
    from penstock.adapters.embedded.programs import Program

_INITDB_TIMEOUT_S = 120.0
_BUILTIN_LOCALE_MAJOR = 17
_BACKENDS_PATIENCE_S = 10.0


def clear_unfinished(folder: Folder) -> None:
    """Remove what a starter that was killed half-way left of an initdb."""
    unfinished = folder.postgres_unfinished
    if not unfinished.exists():
        return
    end_leftovers(left_behind(str(unfinished)), 0.0)
    try:
        shutil.rmtree(unfinished)
    except OSError as error:
        raise from_os_error(error, folder.path) from None


def make(folder: Folder, program: Program, identity: Identity) -> None:
    """Run initdb beside the place of the data, then move the result there."""
    unfinished = folder.postgres_unfinished
    arguments = ["-D", str(unfinished), "-U", "penstock", "-A", "trust", "-E", "UTF8", "--no-instructions"]
    if program.version[0] >= _BUILTIN_LOCALE_MAJOR:
        # The built-in locale sorts and folds the same on every operating system and never changes under us.
        arguments += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if os.uname().sysname == "Linux":
            arguments.append("--sync-method=syncfs")
    else:
        arguments.append("--locale=C.UTF-8")
    command = identity.command(unfinished, str(program.path.with_name("initdb")), *arguments)
    try:
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_INITDB_TIMEOUT_S,
            env=clean_environment(),
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        remedy = "look at the load of the disk and start again"
        raise EngineError(f"initdb took over {_INITDB_TIMEOUT_S:.0f} s", unfinished, remedy) from None
    if answer.returncode != 0:
        folder.postgres_log.write_text(answer.stdout + answer.stderr)
        raise from_log("initdb", answer.stderr, folder.postgres_log)
    with (unfinished / "postgresql.conf").open("a") as file:
        file.write(f"\ninclude_if_exists = '{postgres_settings.FILE}'\n")
    unfinished.rename(folder.postgres_data)


def write_settings(folder: Folder, program: Program, identity: Identity) -> None:
    """Write our settings file into the data folder."""
    path = folder.postgres_data / postgres_settings.FILE
    path.write_text(postgres_settings.file_text(with_lz4=_has_lz4(program)))
    if os.geteuid() == 0:
        os.chown(path, identity.uid, -1)


def clear_stale(data: Path) -> None:
    """Wait for backends whose postmaster died, then remove a pid file that names somebody else's process.

    PostgreSQL itself removes a pid file whose process is gone, and checks the shared memory named in it; only
    a pid that by now belongs to another program would stop it.
    """
    end_leftovers(at_work_in(data, "postgres"), _BACKENDS_PATIENCE_S)
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        os.kill(pid, 0)
    except PermissionError:
        pid_file.unlink()
    except (OSError, ValueError):
        return
    else:
        pid_file.unlink()


def _has_lz4(program: Program) -> bool:
    command = [str(program.path.with_name("pg_config")), "--configure"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20.0, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "--with-lz4" in answer.stdout
