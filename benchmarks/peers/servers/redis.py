"""redis-server that fsyncs before it answers."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.children import Child
from benchmarks.peers.packages import library_path, unpacked
from benchmarks.peers.peer import Ground, Server
from benchmarks.peers.places import LOOPBACK, answers, free_ports

# https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
SETTINGS = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")


@asynccontextmanager
async def redis(ground: Ground) -> AsyncIterator[Server]:
    """The system's, or Debian's in the cache."""
    program, libraries = await _program(ground.cache)
    environment = {"LD_LIBRARY_PATH": libraries} if libraries else {}
    [port] = free_ports(1)
    place = ("--bind", LOOPBACK, "--port", str(port), "--dir", str(ground.folder))
    server = await Child.start("redis", [program, *place, *SETTINGS], environment, ground.folder)
    try:
        await answers(server, port)
        yield Server({"PEER_ADDRESS": f"redis://{LOOPBACK}:{port}/0"}, {"Redis": await _version(program, environment)})
    finally:
        await server.stop()


async def _program(cache: Path) -> tuple[str, str]:
    if found := shutil.which("redis-server"):
        return found, ""
    root = await unpacked(["redis-server"], cache)
    return str(root / "usr" / "bin" / "redis-server"), library_path(root)


async def _version(program: str, environment: dict[str, str]) -> str:
    process = await asyncio.create_subprocess_exec(
        program, "--version", env=environment, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    found = re.search(r"v=(\S+)", said.decode())
    return found[1] if found else "unknown"
