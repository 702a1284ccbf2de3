"""The embedded nats-server: taken over or started on its own port, stopped in order, wiped on request."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import time
from typing import TYPE_CHECKING

from penstock.adapters.embedded import nats_address, nats_config, programs
from penstock.adapters.embedded.errors import EngineError, from_log, from_os_error
from penstock.adapters.embedded.leftovers import left_behind, recognise
from penstock.adapters.embedded.processes import EngineProcess, log_tail, spawn

if TYPE_CHECKING:
    from pathlib import Path

    from penstock.adapters.embedded.folder import Folder
    from penstock.adapters.embedded.programs import Program
    from penstock.adapters.embedded.state import State

ENGINE = "nats"
_READY_TIMEOUT_S = 60.0
_LOOK_AGAIN_S = 0.01
_STOP_S = 10.0


class Nats:
    """One nats-server on one data folder; blocking, so that it serves any event loop and none."""

    def __init__(self, folder: Folder, state: State, named: Path | None) -> None:
        self._folder, self._state, self._named = folder, state, named
        self.process: EngineProcess | None = None
        self.program: Program | None = None
        self._name = nats_address.server_name(folder.path)
        token, port = state.get(ENGINE, "token"), state.get(ENGINE, "port")
        self._token = token if isinstance(token, str) else secrets.token_urlsafe(18)
        self._port = port if isinstance(port, int) else 0

    @property
    def url(self) -> str:
        """Return the address, its token included."""
        return f"nats://{self._token}@127.0.0.1:{self._port}"

    def take_over_or_start(self) -> None:
        """Leave it running: the one that an earlier starter left behind if it is well, else a new one."""
        self.program = programs.find_nats(self._named)
        if self._take_over():
            return
        for port in nats_address.free_ports(self._name, self._port):
            self._port = port
            if self._start_once():
                return
        span = f"{nats_address.PORTS[0]}-{nats_address.PORTS[-1]}"
        raise EngineError("no free port for nats-server", span, "close other programs")

    def start(self) -> None:
        """Start it again at the address it had."""
        if not self._start_once():
            where = f"127.0.0.1:{self._port}"
            raise EngineError("another program took the port of nats-server", where, "end it, or start anew")

    def stop(self) -> None:
        """Stop it: first it may write down what it holds."""
        if self.process is not None:
            self.process.end((signal.SIGTERM, _STOP_S))
        self.process = None
        self._state.remember_process(ENGINE, None)

    def end_left_behind(self) -> list[int]:
        """Stop what an earlier starter left running; its process ids."""
        found = self._left_behind()
        for process in found:
            process.end((signal.SIGTERM, _STOP_S))
        if found:
            self._state.remember_process(ENGINE, None)
        return [process.pid for process in found]

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        if self.process is not None:
            self.process.end()
        self.process = None

    def wipe(self) -> None:
        """Delete all it holds; it must not run."""
        try:
            if self._folder.nats_data.exists():
                shutil.rmtree(self._folder.nats_data)
        except OSError as error:
            raise from_os_error(error, self._folder.path) from None

    def _left_behind(self) -> list[EngineProcess]:
        marker = str(self._folder.nats_config)
        recorded = recognise(self._state.get(ENGINE, "pid"), self._state.get(ENGINE, "started_at"), marker)
        return [recorded] if recorded else left_behind(marker)

    def _take_over(self) -> bool:
        found = self._left_behind()
        if len(found) == 1 and self._port and nats_address.greets(self._port, self._name):
            self.process = found[0]
            self._state.remember_process(ENGINE, self.process)
            return True
        for process in found:
            process.end((signal.SIGTERM, _STOP_S))
        return False

    def _start_once(self) -> bool:
        """Start at the port; False when another program was faster there."""
        folder = self._folder
        program = self.program or programs.find_nats(self._named)
        try:
            text = nats_config.config_text(folder, self._port, self._token, self._name)
            descriptor = os.open(folder.nats_config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(text)
            # Before the process exists: whoever comes after us must know the token it was given.
            self._state.remember(ENGINE, port=self._port, token=self._token)
            logged = folder.nats_log.stat().st_size if folder.nats_log.exists() else 0
            command = [str(program.path), "-c", str(folder.nats_config)]
            self.process = spawn(command, folder.nats_log, folder.path)
        except OSError as error:
            raise from_os_error(error, folder.path) from None
        self._state.remember_process(ENGINE, self.process)
        return self._await_ready(logged)

    def _await_ready(self, logged: int) -> bool:
        assert self.process is not None
        deadline = time.monotonic() + _READY_TIMEOUT_S
        while not nats_address.greets(self._port, self._name):
            if not self.process.alive():
                self.stop()
                tail = log_tail(self._folder.nats_log, logged)
                if "address already in use" in tail:
                    return False
                raise from_log("nats-server", tail, self._folder.nats_log)
            if time.monotonic() > deadline:
                self.stop()
                what = f"nats-server was not ready after {_READY_TIMEOUT_S:.0f} s"
                raise EngineError(what, self._folder.nats_log, "read that log and start again")
            time.sleep(_LOOK_AGAIN_S)
        return True
