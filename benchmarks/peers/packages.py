"""Debian packages without root: downloaded and unpacked into a folder of the user's."""

import asyncio
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.peer import Unavailable

_INSTALLED = re.compile(r"^Inst (\S+)", re.MULTILINE)
COMPLETE = ".complete"


async def unpacked(packages: Sequence[str], cache: Path) -> Path:
    """The root of a tree with these packages and all that they need and this system lacks. Raises `Unavailable`."""
    root = cache / "debian" / "+".join(packages)
    if (root / COMPLETE).exists():
        return root
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise Unavailable(f"{', '.join(packages)}: not installed, and without apt-get and dpkg nothing can be fetched")
    shutil.rmtree(root, ignore_errors=True)
    downloads = root / "downloads"
    downloads.mkdir(parents=True)
    plan = await _said(downloads, "apt-get", "--simulate", "--no-install-recommends", "install", *packages)
    wanted = _INSTALLED.findall(plan)
    if not wanted:
        raise Unavailable(f"{', '.join(packages)}: apt-get has nothing to install")
    await _said(downloads, "apt-get", "download", *wanted)
    for file in sorted(downloads.glob("*.deb")):
        await _said(downloads, "dpkg", "--extract", str(file), str(root))
        file.unlink()
    (root / COMPLETE).touch()
    return root


def library_path(root: Path) -> str:
    """Where its shared libraries are, for LD_LIBRARY_PATH."""
    return ":".join(str(folder) for folder in sorted((root / "usr" / "lib").glob("*-linux-gnu*")))


async def _said(folder: Path, *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, errors = await process.communicate()
    if process.returncode:
        words = errors.decode(errors="replace").strip().splitlines()
        raise Unavailable(f"{' '.join(command[:2])}: {words[-1] if words else 'failed'} (`apt-get update` may help)")
    return out.decode(errors="replace")
