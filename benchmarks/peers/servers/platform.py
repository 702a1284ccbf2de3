"""Penstock's own servers, as its rows are measured on them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from benchmarks.peers.peer import Ground, Server
from benchmarks.platform import fresh_platform


@asynccontextmanager
async def platform(ground: Ground) -> AsyncIterator[Server]:
    """Frontend and orchestrator on a fresh database."""
    async with fresh_platform(ground.engines, ground.folder) as running:
        yield Server({"PENSTOCK_ADDRESS": running.address}, {"Penstock": version("penstock")})
