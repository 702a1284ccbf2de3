"""Both engines of one folder, with one owner: started or taken over together, stopped together."""

from __future__ import annotations

import asyncio
import atexit
import os
from typing import TYPE_CHECKING

import asyncpg

from penstock.adapters.embedded.errors import EngineError
from penstock.adapters.embedded.folder import Folder, FolderLock
from penstock.adapters.embedded.nats import Nats
from penstock.adapters.embedded.postgres import Postgres
from penstock.adapters.embedded.state import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_DATABASE = "penstock"
_CONNECT_TIMEOUT_S = 30.0


class EmbeddedEngines:
    """Private engines in one folder.

    To the rest of the platform they are two addresses, like engines of one's own. The folder has one owner at
    a time; the engines end with `stop()`, and with the interpreter if that was forgotten. After a starter was
    killed, the next one takes over what still runs.
    """

    def __init__(self, folder: Folder, lock: FolderLock, postgres: Postgres, nats: Nats) -> None:
        self._folder, self._lock = folder, lock
        self._postgres, self._nats = postgres, nats
        self._owner_pid = os.getpid()
        atexit.register(self._stop_at_exit)

    @classmethod
    async def start(
        cls, folder: Path, *, postgres_binary_folder: Path | None = None, nats_binary: Path | None = None
    ) -> EmbeddedEngines:
        """Start both, or take over those of a starter that was killed; raises `EngineError`."""
        place = Folder(folder)
        place.make()
        lock = FolderLock(place)
        try:
            state = State(place)
            postgres = Postgres(place, state, postgres_binary_folder)
            nats = Nats(place, state, nats_binary)
        except BaseException:
            lock.release()
            raise
        engines = cls(place, lock, postgres, nats)
        try:
            # One after the other: both write the state file, and nats-server is quick.
            await _in_thread(nats.take_over_or_start)
            await _in_thread(postgres.take_over_or_start)
            await engines._ensure_database()
        except BaseException:
            await engines.stop()
            raise
        return engines

    @classmethod
    async def end_left_behind(cls, folder: Path) -> list[int]:
        """Stop what a starter that was killed left running; its process ids. Raises `FolderInUse`, `EngineError`."""
        place = Folder(folder)
        if not place.state.exists():
            return []
        lock = FolderLock(place)
        try:
            state = State(place)
            ended = await asyncio.to_thread(Nats(place, state, None).end_left_behind)
            return ended + await asyncio.to_thread(Postgres(place, state, None).end_left_behind)
        finally:
            lock.release()

    @property
    def postgres_dsn(self) -> str:
        """The address of the database."""
        return self._postgres.dsn()

    def database_dsn(self, database: str) -> str:
        """Return the address of another database of the same server."""
        return self._postgres.dsn(database)

    @property
    def nats_url(self) -> str:
        """The address of nats-server, its token included."""
        return self._nats.url

    @property
    def folder(self) -> Path:
        """The folder that holds everything."""
        return self._folder.path

    @property
    def postgres_pid(self) -> int | None:
        """The postmaster's process id while it runs."""
        return self._postgres.process.pid if self._postgres.process else None

    @property
    def nats_pid(self) -> int | None:
        """The nats-server's process id while it runs."""
        return self._nats.process.pid if self._nats.process else None

    async def stop(self) -> None:
        """Stop both and give the folder back; a second call does nothing."""
        await _in_thread(self._stop)

    async def restart_postgres(self) -> None:
        """Stop PostgreSQL in order, if it runs, and start it at the same address."""
        await _in_thread(self._postgres.stop)
        await _in_thread(self._postgres.start)

    async def restart_nats(self) -> None:
        """Stop nats-server in order, if it runs, and start it at the same address."""
        await _in_thread(self._nats.stop)
        await _in_thread(self._nats.start)

    async def kill_postgres(self) -> None:
        """Kill the postmaster with SIGKILL; returns when no backend is left."""
        await _in_thread(self._postgres.kill)

    async def kill_nats(self) -> None:
        """Kill nats-server with SIGKILL."""
        await _in_thread(self._nats.kill)

    async def wipe_nats(self) -> None:
        """Kill nats-server, delete all it holds, and start it empty at the same address."""
        await _in_thread(self._nats.kill)
        await _in_thread(self._nats.wipe)
        await _in_thread(self._nats.start)

    async def _ensure_database(self) -> None:
        try:
            try:
                connection = await asyncpg.connect(self.postgres_dsn, timeout=_CONNECT_TIMEOUT_S)
            except asyncpg.InvalidCatalogNameError:
                connection = await asyncpg.connect(self._postgres.dsn("postgres"), timeout=_CONNECT_TIMEOUT_S)
                await connection.execute(f"CREATE DATABASE {_DATABASE}")
            await connection.close()
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            what = f"PostgreSQL runs but does not serve ({error or type(error).__name__})"
            raise EngineError(what, self._folder.postgres_log, "read that log") from None

    def _stop(self) -> None:
        atexit.unregister(self._stop_at_exit)
        try:
            self._nats.stop()
            self._postgres.stop()
        finally:
            self._lock.release()

    def _stop_at_exit(self) -> None:
        if os.getpid() == self._owner_pid:
            self._stop()


async def _in_thread(step: Callable[[], None]) -> None:
    # Shielded and awaited to its end: a cancelled start must not leave a process that nobody knows.
    task = asyncio.ensure_future(asyncio.to_thread(step))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
