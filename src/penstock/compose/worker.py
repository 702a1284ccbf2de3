"""What a worker host runs: the controller, and executors by their start parameters."""

import asyncio
import logging
import os
import random
import signal
import socket
import sys
import time

import msgspec
from msgspec import structs

from penstock.adapters.grpc.frontend import FrontendLink
from penstock.adapters.grpc.orchestrators import GrpcOrchestrators, Link
from penstock.adapters.processes.hosts import ProcessHosts
from penstock.adapters.processes.inspection import describe_app
from penstock.adapters.processes.output import prefixed_sink
from penstock.execution.controller import Controller
from penstock.execution.plan import plan_groups
from penstock.execution.tuning import ControllerTuning, ExecutorTuning
from penstock.settings import Settings
from penstock.wire.credentials import Credentials

log = logging.getLogger(__name__)

PROGRAM = "penstock.execution.program:make_executor"
CONNECT = "penstock.adapters.grpc.orchestrators:connect"


async def run_worker(settings: Settings, app: str) -> int:
    """Runs until SIGTERM or SIGINT (once: in order; twice: now); the exit status.

    Raises `InvalidInput` when the app cannot be imported, its lambdas are refused or its credentials cannot be used,
    `NotAuthenticated` and `NotPermitted` when its token is refused at the start.
    """
    described = await describe_app(app)
    if not described.registrations:
        log.warning("%s has no lambdas, so this worker has nothing to do: decorate functions with @app.task", app)
    registrations = [
        structs.replace(each, version=settings.version or each.version) for each in described.registrations
    ]
    credentials = _credentials(settings)
    frontend = FrontendLink(settings.address, settings.namespace, credentials)
    link = Link(settings.address, settings.namespace, credentials)
    hosts = ProcessHosts(PROGRAM, CONNECT, msgspec.json.encode(link).decode(), _tuning(settings), prefixed_sink)
    orchestrators = GrpcOrchestrators(link)

    async def register() -> None:
        schedules, accepts = described.schedules, settings.signatures == "accept"
        orchestrators.use(await frontend.register(registrations, described.name, schedules, accepts))

    controller = Controller(
        f"{socket.gethostname()}/{os.getpid()}",
        app,
        plan_groups([registration.name for registration in registrations], settings.groups),
        hosts,
        orchestrators,
        register,
        ControllerTuning(quarantines_max=settings.quarantines),
        time.monotonic,
        random.random,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, controller.stop)
    try:
        await controller.run()
    finally:
        await orchestrators.close()
        await frontend.close()
        hosts.close()
    sys.stderr.flush()
    return 0


def _credentials(settings: Settings) -> Credentials:
    return Credentials(
        token=settings.token.get_secret_value(),
        token_file=settings.token_file,
        ca_file=settings.ca_file,
        client_certificate_file=settings.client_certificate_file,
        client_key_file=settings.client_key_file,
    ).check()


def _tuning(settings: Settings) -> bytes:
    return msgspec.json.encode(
        ExecutorTuning(
            namespace=settings.namespace,
            version=settings.version,
            locality=settings.locality,
            concurrency=settings.concurrency,
            threads=settings.threads,
            heartbeat_timeout_s=settings.heartbeat_timeout_s,
            stop_grace_s=settings.stop_grace_s,
        )
    )
