"""Where an embedded platform keeps its things, and the lock that gives them one owner."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import stat
import tempfile
import weakref
from pathlib import Path

import psutil

from penstock.adapters.embedded.errors import EngineError, FolderInUse, from_os_error

# sun_path holds 108 bytes with its final zero on Linux, 104 on macOS and the BSDs.
_SOCKET_PATH_BYTES_MAX = 107 if os.uname().sysname == "Linux" else 103
_CLOCK_SLACK_S = 2.0
_SOCKET_NAME = ".s.PGSQL.5432"
# Settings and addresses split lists of socket folders at commas and treat quotes specially.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./@+=~-]+")


class Folder:
    """The layout of one folder; every path is absolute and made by whoever writes there first."""

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.realpath(path))
        self.postgres_data = self.path / "postgres"
        self.postgres_unfinished = self.path / "postgres.unfinished"
        self.postgres_log = self.path / "logs" / "postgres.log"
        self.nats_data = self.path / "nats"
        self.nats_config = self.path / "nats.conf"
        self.nats_log = self.path / "logs" / "nats.log"
        self.state = self.path / "engines.json"
        self.lock = self.path / "engines.lock"

    def make(self) -> None:
        """Make the folder and its log folder, private to this user when they are new."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.path / "logs").mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise from_os_error(error, self.path) from None

    @property
    def sockets(self) -> Path:
        """The folder of the PostgreSQL socket: in ours, or a short private one when ours is too long."""
        near = self.path / "run"
        longest = len(os.fsencode(near / _SOCKET_NAME))
        if longest <= _SOCKET_PATH_BYTES_MAX and _PLAIN_PATH.fullmatch(str(near)):
            return near
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        name = f"penstock-{os.geteuid()}-{digest}"
        far = Path(tempfile.gettempdir()) / name
        fits = len(os.fsencode(far / _SOCKET_NAME)) <= _SOCKET_PATH_BYTES_MAX and _PLAIN_PATH.fullmatch(str(far))
        return far if fits else Path("/tmp") / name  # noqa: S108 - the owner and mode are checked before use

    def make_sockets(self, owner_uid: int) -> Path:
        """Make the socket folder and be sure that nobody else can put a socket there."""
        sockets = self.sockets
        try:
            with contextlib.suppress(FileExistsError):
                sockets.mkdir(mode=0o700)
            found = sockets.lstat()
            if os.geteuid() == 0 and found.st_uid not in (0, owner_uid):
                # Left from a start as another user, or put there by one: root makes its own.
                shutil.rmtree(sockets)
                sockets.mkdir(mode=0o700)
                found = sockets.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), owner_uid):
                raise EngineError("the socket folder belongs to somebody else", sockets, "remove it")
            if stat.S_IMODE(found.st_mode) != 0o700:
                sockets.chmod(0o700)
            if found.st_uid != owner_uid:
                os.chown(sockets, owner_uid, -1)
        except OSError as error:
            raise from_os_error(error, sockets) from None
        return sockets

    def drop_sockets(self) -> None:
        """Remove a socket folder that lies outside ours, once it is empty."""
        if not self.sockets.is_relative_to(self.path):
            with contextlib.suppress(OSError):
                (self.sockets / f"{_SOCKET_NAME}.lock").unlink(missing_ok=True)
                self.sockets.rmdir()


class FolderLock:
    """The right to run the engines of a folder, held until released or until this process ends."""

    def __init__(self, folder: Folder) -> None:
        try:
            self._descriptor = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise from_os_error(error, folder.path) from None
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            named = os.pread(self._descriptor, 32, 0).strip()
            os.close(self._descriptor)
            raise FolderInUse(folder.path, int(named) if named.isdigit() else None) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, b"%d\n" % os.getpid(), 0)
        _held.add(self)

    def release(self) -> None:
        """Let another process have the folder."""
        _held.discard(self)
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def owner_of(folder: Folder) -> int | None:
    """The process that has the folder now, without touching the lock."""
    try:
        named, locked_at = folder.lock.read_text().strip(), folder.lock.stat().st_mtime
        process = psutil.Process(int(named))
        lives = process.status() != psutil.STATUS_ZOMBIE and process.create_time() <= locked_at + _CLOCK_SLACK_S
    except (OSError, ValueError, psutil.Error):
        return None
    return process.pid if lives else None  # a later process may have got its number


_held: weakref.WeakSet[FolderLock] = weakref.WeakSet()


def _forget_in_child() -> None:
    # A forked child shares the lock; were it to outlive us, the folder would stay locked.
    for lock in list(_held):
        lock.release()


os.register_at_fork(after_in_child=_forget_in_child)
