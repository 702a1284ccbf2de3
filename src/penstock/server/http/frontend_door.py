"""What the HTTP door of a frontend is made of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from starlette.routing import Mount

from penstock.compose import FrontendDesks
from penstock.server.http.calls import Calls
from penstock.server.http.counted_calls import CountedCalls
from penstock.server.http.door import HttpDoor
from penstock.server.http.event_routes import event_routes
from penstock.server.http.json_calls import json_routes
from penstock.server.http.loop_lag import LoopLag
from penstock.server.http.metrics import Metrics, frontend_families, http_tallies
from penstock.server.http.platform_routes import platform_routes
from penstock.server.http.registry import RegistryApp
from penstock.settings import Settings


@asynccontextmanager
async def frontend_door(
    settings: Settings, desks: FrontendDesks, calls: Calls, counted: CountedCalls
) -> AsyncIterator[HttpDoor]:
    """Its routes over the services that `calls` was given, until the context ends."""
    lag = LoopLag(asyncio.get_running_loop().time)
    tallies = http_tallies()
    door = HttpDoor(tallies, is_open=settings.authentication == "none", names=[settings.advertise_host])
    metrics = Metrics(
        partial(
            frontend_families,
            desks.readings.read,
            lambda: len(desks.roster.orchestrator_addresses()),
            lambda: lag.worst_s,
        ),
        tallies.families,
        counted.tallies.families,
    )
    door.add(platform_routes(door, lag, metrics, calls))
    door.add(event_routes(calls))
    door.add(json_routes(door, calls))
    door.add([Mount("/registry", RegistryApp(desks.schemas, calls.doorkeeper))])
    looking = asyncio.ensure_future(lag.run())
    try:
        yield door
    finally:
        looking.cancel()
