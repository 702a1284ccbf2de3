"""Knowing that a child has died before it is reaped: until then its number belongs to nobody else."""

import asyncio
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess


async def died(child: "subprocess.Popen[bytes]") -> None:
    """Returns when the child is dead. On Linux it is then still to be reaped."""
    if sys.platform == "linux":
        loop = asyncio.get_running_loop()
        dead = asyncio.Event()
        fd = os.pidfd_open(child.pid)
        loop.add_reader(fd, dead.set)
        try:
            await dead.wait()
        finally:
            loop.remove_reader(fd)
            os.close(fd)
    else:
        await asyncio.to_thread(child.wait)
