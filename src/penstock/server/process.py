"""One server process: `python -m penstock.server.process frontend|orchestrator|push`, configured by settings.

Prints `ready <role> <host:port>` when it serves (push: `-` for an address), and a frontend `wants push` once there are
endpoints; stops cleanly on SIGTERM or SIGINT, at once on the second.
"""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Final

import grpc
import uvloop
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from penstock.compose import open_frontend, open_orchestrator, open_push
from penstock.frontend.endpoints import EndpointDesk
from penstock.model.errors import InvalidInput, PenstockError
from penstock.model.limits import MESSAGE_BYTES_MAX
from penstock.ports.access_tokens import AccessTokens
from penstock.server.access_service import AccessService
from penstock.server.doorkeeper import HEALTH, REFLECTION, Doorkeeper
from penstock.server.frontend_service import FrontendService
from penstock.server.http import Calls, HttpListener
from penstock.server.http.counted_calls import CountedCalls
from penstock.server.http.frontend_door import frontend_door
from penstock.server.orchestrator_service import OrchestratorService
from penstock.server.parent_watch import watch_parent
from penstock.server.requests import ReadsRequests
from penstock.server.tls import server_credentials
from penstock.server.token_book import token_book
from penstock.settings import Settings, is_loopback, load_settings
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

log = logging.getLogger("penstock.server")

OPTIONS: Final = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.max_send_message_length", MESSAGE_BYTES_MAX),
    ("grpc.max_metadata_size", 16 * 1024),
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
)
STOP_GRACE_S: Final = 5.0
COLLECTED_AFTER: Final = 20_000
"""new objects, before the collector looks through them"""
PUSH: Final = "push"
SERVICES: Final = {
    "frontend": ("penstock.v1.Frontend", "penstock.v1.Access"),
    "orchestrator": ("penstock.v1.Orchestrator",),
}


async def serve(role: str, settings: Settings) -> None:
    """Serve until asked to stop."""
    await (_push(settings) if role == PUSH else _serve(role, settings))


async def _push(settings: Settings) -> None:
    """A push worker takes no calls. The first signal lets requests end, the second ends them."""
    async with open_push(settings) as fleet:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, fleet.stop)
        print(f"ready {PUSH} -", flush=True)  # noqa: T201 - who started us waits for this line
        await fleet.run()


async def _serve(role: str, settings: Settings) -> None:
    stop = asyncio.Event()
    _stop_on_signals(stop)
    doorkeeper, counted = _doorkeeper(settings), CountedCalls()
    server = grpc.aio.server(
        options=(*OPTIONS, ("grpc.so_reuseport", int(settings.processes > 1))),
        interceptors=[*([counted] if role == "frontend" else []), doorkeeper, ReadsRequests()],
    )
    address = f"{_in_address(settings.advertise_host or settings.listen_host)}:{_add_port(server, role, settings)}"
    async with (
        _layers(role, settings, address, server, doorkeeper, counted) as layers,
        token_book(layers.access_tokens) as book,
    ):
        doorkeeper.use(book)
        health_service = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(health_service, server)
        reflection.enable_server_reflection((*SERVICES[role], health.SERVICE_NAME, reflection.SERVICE_NAME), server)
        await server.start()
        async with layers.http():
            for name in ("", *SERVICES[role]):
                await health_service.set(name, health_pb2.HealthCheckResponse.SERVING)
            _spare_the_collector()
            print(f"ready {role} {address}", flush=True)  # noqa: T201 - who started us waits for this line
            await stop.wait()
            log.info("%s stops", role)
            layers.drain()
            await health_service.enter_graceful_shutdown()
            await server.stop(STOP_GRACE_S)


def _spare_the_collector() -> None:
    """What was loaded stays for good, and a batch's thousands of short-lived objects hold no cycles: look seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER)


def _in_address(host: str) -> str:
    """As it stands before a port: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _doorkeeper(settings: Settings) -> Doorkeeper:
    open_to_all = (HEALTH, REFLECTION) if is_loopback(settings.listen_host) else (HEALTH,)
    return Doorkeeper(asks=settings.authentication == "tokens", open_to_all=open_to_all)


def _add_port(server: grpc.aio.Server, role: str, settings: Settings) -> int:
    wanted = f"{_in_address(settings.listen_host)}:{_wanted_port(role, settings)}"
    credentials = server_credentials(settings)
    try:
        return server.add_secure_port(wanted, credentials) if credentials else server.add_insecure_port(wanted)
    except RuntimeError:
        raise InvalidInput(
            f"{role}_port", f"nothing can listen on {wanted}: it is in use, or not this machine's; set another one"
        ) from None


@dataclass(frozen=True)
class _Layers:
    """`http`: serves until its context ends; `drain`: says beforehand that it will."""

    access_tokens: AccessTokens
    http: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
    drain: Callable[[], None] = lambda: None


@asynccontextmanager
async def _layers(
    role: str,
    settings: Settings,
    address: str,
    server: grpc.aio.Server,
    doorkeeper: Doorkeeper,
    counted: CountedCalls,
) -> AsyncIterator[_Layers]:
    """Its services on their engines."""
    if role == "frontend":
        listener = HttpListener(settings)
        async with open_frontend(settings, address) as desks:
            calls = Calls(doorkeeper)
            frontend, access = FrontendService(desks, listener.url), AccessService(desks.tokens)
            for taker in (server, calls):
                pb_grpc.add_FrontendServicer_to_server(frontend, taker)
                pb_grpc.add_AccessServicer_to_server(access, taker)
            async with frontend_door(settings, desks, calls, counted) as door:
                wanting = asyncio.create_task(_want_push(desks.endpoints))
                try:
                    yield _Layers(desks.access_tokens, lambda: listener.serving(door), door.draining.set)
                finally:
                    wanting.cancel()
                    await asyncio.gather(wanting, return_exceptions=True)
    else:
        async with open_orchestrator(settings, address) as orchestrator:
            service = OrchestratorService(orchestrator.delivery, orchestrator.task_state, orchestrator.namespace_ids)
            pb_grpc.add_OrchestratorServicer_to_server(service, server)
            yield _Layers(orchestrator.access_tokens)


async def _want_push(endpoints: EndpointDesk) -> None:
    await endpoints.wait_until_any()
    print(f"wants {PUSH}", flush=True)  # noqa: T201 - who started us may start that, too


def _wanted_port(role: str, settings: Settings) -> int:
    return settings.frontend_port if role == "frontend" else settings.orchestrator_port


def _stop_on_signals(stop: asyncio.Event) -> None:
    def hear() -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, hear)


def main(arguments: list[str]) -> int:
    """The exit status."""
    if len(arguments) != 1 or arguments[0] not in {*SERVICES, PUSH}:
        sys.stderr.write("usage: python -m penstock.server.process frontend|orchestrator|push\n")
        return 2
    role = arguments[0]
    logging.basicConfig(
        level=os.environ.get("PENSTOCK_LOG_LEVEL", "INFO"),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    try:
        settings = load_settings()
        watch_parent()
        uvloop.run(serve(role, settings))
    except (PenstockError, OSError, RuntimeError) as error:
        sys.stderr.write(f"error: {role}: {' '.join(str(error).split())}\n")
        return 2 if isinstance(error, InvalidInput) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
