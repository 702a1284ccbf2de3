"""As whom PostgreSQL runs: it refuses root, and its data must stay readable to whoever made them."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from penstock.adapters.embedded import become
from penstock.adapters.embedded.errors import EngineError

if TYPE_CHECKING:
    from penstock.adapters.embedded.folder import Folder

_TRY_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Identity:
    """How a program is started, and the user who then owns its files."""

    how: str  # "self", "namespace" or "uid:gid"
    uid: int

    def command(self, folder: Path, *command: str) -> list[str]:
        """Wrap a command so that it runs as this identity, in the same process id."""
        if self.how == "self":
            return list(command)
        return [sys.executable, "-I", "-S", become.__file__, self.how, str(folder), *command]


def choose(folder: Folder, program: Path) -> Identity:
    """Choose an identity that can read the data there are; their owner is the record of the last choice."""
    data = folder.postgres_data
    target = data if data.exists() else folder.postgres_unfinished
    target.mkdir(mode=0o700, exist_ok=True)
    owner_uid = target.stat().st_uid
    if os.geteuid() != 0:
        if owner_uid != os.geteuid():
            name = _user_name(owner_uid)
            raise EngineError(f"the data belong to the user {name}", target, f"start as {name}")
        return Identity("self", os.geteuid())
    for identity in _candidates({owner_uid, folder.path.stat().st_uid}):
        if identity.uid != owner_uid:
            _give(target, identity.uid)
            owner_uid = identity.uid
        if identity.uid != 0 and folder.path.stat().st_uid == 0:
            # Passing through is enough: what PostgreSQL writes lies in folders of its own.
            folder.path.chmod(0o711)
        if _works(identity, target, program):
            return identity
    remedy = "start as another user than root, with a folder of its own"
    what = "PostgreSQL refuses root, and no other user can reach this folder"
    raise EngineError(what, folder.path, remedy)


def _candidates(owner_uids: set[int]) -> list[Identity]:
    # Inside the namespace we are nobody, outside still root: files stay root's, and every folder that only
    # root may enter is within reach. Where the kernel or the container forbids that, an ordinary user must do.
    owners = [_entry(uid) for uid in owner_uids if uid]
    users = [entry for entry in (*owners, _entry("postgres"), _entry("nobody")) if entry]
    ordinary = [Identity(f"{entry.pw_uid}:{entry.pw_gid}", entry.pw_uid) for entry in users]
    return sorted([Identity("namespace", 0), *ordinary], key=lambda identity: identity.uid not in owner_uids)


def _works(identity: Identity, target: Path, program: Path) -> bool:
    command = identity.command(target, str(program), "--version")
    try:
        tried = subprocess.run(command, capture_output=True, timeout=_TRY_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def _give(data: Path, uid: int) -> None:
    for parent, folders, files in os.walk(data):
        for name in (*folders, *files):
            os.chown(Path(parent) / name, uid, -1, follow_symlinks=False)
    os.chown(data, uid, -1)


def _entry(user: str | int) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(user) if isinstance(user, str) else pwd.getpwuid(user)
    except KeyError:
        return None


def _user_name(uid: int) -> str:
    entry = _entry(uid)
    return entry.pw_name if entry else str(uid)
