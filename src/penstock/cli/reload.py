"""Says when a Python file below a folder changes: by looking, which needs no further library."""

import asyncio
import os
from pathlib import Path
from typing import Final

LOOK_EVERY_S: Final = 0.5
COST_SHARE_MAX: Final = 0.02
"""of one core: a large tree is looked at less often"""
_SKIPPED: Final = frozenset({"__pycache__", "node_modules", "site-packages", "venv"})

Snapshot = dict[str, tuple[int, int]]


def snapshot(folder: Path) -> Snapshot:
    """Every .py file below, with its time and size; hidden and installed folders left out."""
    found: Snapshot = {}
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or entry.name in _SKIPPED:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif entry.name.endswith(".py"):
                        status = entry.stat()
                        found[entry.path] = (status.st_mtime_ns, status.st_size)
        except OSError:
            continue  # it went away while we looked, or is not ours to read
    return found


async def changed(folder: Path, before: Snapshot) -> tuple[str, Snapshot]:
    """Waits for a change; the path of one changed file, and what stands now."""
    loop = asyncio.get_running_loop()
    cost_s = 0.0
    while True:
        await asyncio.sleep(max(LOOK_EVERY_S, cost_s / COST_SHARE_MAX))
        looked_at = loop.time()
        now = await asyncio.to_thread(snapshot, folder)
        cost_s = loop.time() - looked_at
        different = {path for path, _ in before.items() ^ now.items()}
        if different:
            return min(different), now
