"""A virtual environment for each set of requirements, made once and kept."""

import asyncio
import hashlib
import shutil
import sys
from pathlib import Path

from benchmarks.peers.peer import Peer, Unavailable

REQUIREMENTS = Path(__file__).parent / "requirements"
COMPLETE = ".complete"


async def programs_of(peer: Peer, cache: Path) -> Path:
    """The folder with `python` and the peer's own commands. Raises `Unavailable`."""
    if peer.requirements is None:
        return Path(sys.executable).parent
    requirements = REQUIREMENTS / peer.requirements
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = cache / f"{requirements.stem}-{digest}"
    if not (folder / COMPLETE).exists():
        shutil.rmtree(folder, ignore_errors=True)
        await _made(sys.executable, "-m", "venv", str(folder))
        python = str(folder / "bin" / "python")
        quiet = ("--quiet", "--disable-pip-version-check")
        await _made(python, "-m", "pip", "install", *quiet, "--no-deps", "-r", str(requirements))
        (folder / COMPLETE).touch()
    return folder / "bin"


def versions_of(peer: Peer) -> dict[str, str]:
    """Of the packages that are shown: as they are pinned."""
    if peer.requirements is None:
        return {}
    lines = (REQUIREMENTS / peer.requirements).read_text().splitlines()
    pinned = dict(line.split("==") for line in lines if "==" in line)
    return {package: pinned[package] for package in peer.shown}


async def _made(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    if process.returncode:
        words = said.decode(errors="replace").strip().splitlines()
        raise Unavailable(f"its environment could not be made: {words[-1] if words else command}")
