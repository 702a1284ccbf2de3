"""The embedded PostgreSQL: taken over or started, watched until it is ready, stopped in order."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from penstock.adapters.embedded import identity, postgres_data, postgres_settings, programs
from penstock.adapters.embedded.errors import EngineError, from_log, from_os_error
from penstock.adapters.embedded.leftovers import at_work_in, end_leftovers, left_behind, recognise
from penstock.adapters.embedded.processes import EngineProcess, log_tail, spawn

if TYPE_CHECKING:
    from pathlib import Path

    from penstock.adapters.embedded.folder import Folder
    from penstock.adapters.embedded.programs import Program
    from penstock.adapters.embedded.state import State

ENGINE = "postgres"
# Recovery after a crash replays up to max_wal_size of log before the server is ready.
_READY_TIMEOUT_S = 180.0
_LOOK_AGAIN_S = 0.01
_FAST_STOP_S = 10.0
_IMMEDIATE_STOP_S = 5.0


class Postgres:
    """One postmaster on one data folder; blocking, so that it serves any event loop and none."""

    def __init__(self, folder: Folder, state: State, named: Path | None) -> None:
        self._folder, self._state, self._named = folder, state, named
        self.process: EngineProcess | None = None
        self.program: Program | None = None
        self.sockets = folder.sockets

    def dsn(self, database: str = "penstock") -> str:
        """Return the address of a database."""
        return f"postgresql://penstock@/{quote(database, safe='')}?host={quote(str(self.sockets))}&port=5432"

    def take_over_or_start(self) -> None:
        """Leave it running: the one that an earlier starter left behind if it is well, else a new one."""
        self.program = programs.find_postgres(self._named, self._folder.postgres_data)
        if not self._take_over():
            self.start()

    def start(self) -> None:
        """Start it on its data, which are made first if there are none; wait until it is ready."""
        folder = self._folder
        program = self.program or programs.find_postgres(self._named, folder.postgres_data)
        try:
            postgres_data.clear_unfinished(folder)
            who = identity.choose(folder, program.path)
            if not folder.postgres_data.exists():
                postgres_data.make(folder, program, who)
            postgres_data.write_settings(folder, program, who)
            postgres_data.clear_stale(folder.postgres_data)
            folder.make_sockets(who.uid)
            self._clear_socket()
            logged = folder.postgres_log.stat().st_size if folder.postgres_log.exists() else 0
            options = ["-D", str(folder.postgres_data), "-k", str(self.sockets), "-p", "5432"]
            options += postgres_settings.safety_arguments()
            command = who.command(folder.postgres_data, str(program.path), *options)
            self.process = spawn(command, folder.postgres_log, folder.path)
        except OSError as error:
            raise from_os_error(error, folder.path) from None
        self._state.remember_process(ENGINE, self.process)
        self._await_ready(logged)

    def stop(self) -> None:
        """Stop it: clients are sent away, then without ceremony; acknowledged work is on disk either way."""
        if self.process is not None:
            self.process.end((signal.SIGINT, _FAST_STOP_S), (signal.SIGQUIT, _IMMEDIATE_STOP_S))
            self._folder.drop_sockets()
        self.process = None
        self._state.remember_process(ENGINE, None)

    def end_left_behind(self) -> list[int]:
        """Stop what an earlier starter left running; its process ids."""
        found = self._left_behind()
        for process in found:
            process.end((signal.SIGINT, _FAST_STOP_S), (signal.SIGQUIT, _IMMEDIATE_STOP_S))
        if found:
            self._folder.drop_sockets()
            self._state.remember_process(ENGINE, None)
        return [process.pid for process in found]

    def kill(self) -> None:
        """Kill the postmaster with SIGKILL and wait until its backends have noticed."""
        if self.process is not None:
            self.process.end()
        self.process = None
        end_leftovers(at_work_in(self._folder.postgres_data, "postgres"), _FAST_STOP_S)

    def _left_behind(self) -> list[EngineProcess]:
        marker = str(self._folder.postgres_data)
        recorded = recognise(self._state.get(ENGINE, "pid"), self._state.get(ENGINE, "started_at"), marker)
        return [recorded] if recorded else left_behind(marker)

    def _take_over(self) -> bool:
        found = self._left_behind()
        if len(found) == 1 and self._status(found[0]) == "ready" and self._listens():
            self.process = found[0]
            self._state.remember_process(ENGINE, self.process)
            return True
        for process in found:
            process.end((signal.SIGINT, _FAST_STOP_S), (signal.SIGQUIT, _IMMEDIATE_STOP_S))
        return False

    def _status(self, process: EngineProcess) -> str:
        """Return what the postmaster says of itself in its pid file: starting, ready, stopping."""
        try:
            lines = (self._folder.postgres_data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return ""
        mine = len(lines) > 7 and lines[0] == str(process.pid)
        return lines[7].strip() if mine else ""

    def _listens(self) -> bool:
        return (self.sockets / ".s.PGSQL.5432").is_socket()

    def _clear_socket(self) -> None:
        # The folder is private and no postmaster of ours lives: a reused pid in the file must not stop us.
        (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _await_ready(self, logged: int) -> None:
        assert self.process is not None
        log = self._folder.postgres_log
        deadline = time.monotonic() + _READY_TIMEOUT_S
        while self._status(self.process) != "ready":
            if not self.process.alive():
                self.process = None
                self._state.remember_process(ENGINE, None)
                raise from_log("PostgreSQL", log_tail(log, logged), log)
            if time.monotonic() > deadline:
                self.stop()
                what = f"PostgreSQL was not ready after {_READY_TIMEOUT_S:.0f} s"
                raise EngineError(what, log, "read that log and start again")
            time.sleep(_LOOK_AGAIN_S)
