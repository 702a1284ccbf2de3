"""`penstock dev --stop`: ends what runs in a folder, whoever started it."""

import asyncio
import contextlib
import signal

import psutil

from penstock.adapters.embedded import EmbeddedEngines, FolderInUse
from penstock.adapters.embedded.processes import EngineProcess
from penstock.cli.address import remove_address
from penstock.cli.exits import OK, Failure
from penstock.settings import Settings

_BEYOND_GRACE_S = 60.0
"""for servers and engines, after the worker had its grace"""


def stop_folder(settings: Settings) -> int:
    """A platform that lives is asked to stop, and waited for; engines that were left behind are ended."""
    folder = settings.folder.resolve()
    try:
        ended = asyncio.run(EmbeddedEngines.end_left_behind(folder))
    except FolderInUse as found:
        if found.pid is None:
            raise
        _stop_owner(found.pid, settings.stop_grace_s + _BEYOND_GRACE_S)
        print(f"process {found.pid}, which ran {folder}, has stopped")
        return OK
    remove_address(folder)
    pids = " and ".join(map(str, ended))
    print(f"ended process {pids}, left behind in {folder}" if ended else f"nothing runs in {folder}")
    return OK


def _stop_owner(pid: int, within_s: float) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        owner = EngineProcess(pid, psutil.Process(pid).create_time())
        owner.send(signal.SIGTERM)
        if not owner.wait(within_s):
            raise Failure(f"process {pid} has not stopped within {within_s:g} s; ask it again, or kill it")
