"""`penstock server --processes 2`: two of each share the work, one that is killed comes back, SIGTERM stops all."""

import asyncio
import itertools
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import asyncpg
import grpc
import msgspec
import psutil
import pytest

from penstock import App
from penstock.adapters.grpc.orchestrators import GrpcOrchestrators, Link, connect
from penstock.adapters.grpc.work_stream import GrpcWorkStream
from penstock.adapters.postgres import migrate
from penstock.cli.ports import free_port
from penstock.model.errors import Unavailable
from penstock.model.work import Hello
from penstock.testing.engines import run_apart
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from tests.processes.cli_runner import PATIENCE_S, Running, running

HOST: Final = "127.0.0.1"
COMMAND: Final = [sys.executable, "-m", "penstock.cli"]
MANY: Final = """
from penstock import App

app = App("many")

@app.task
async def quick(number: int) -> int:
    return number
"""
LINKS: Final = 24
"""connections or streams: that chance leads all of them to one of two servers is not to be expected in this life"""
CREDIT: Final = 5


@pytest.fixture
def servers(postgres_dsn: str, nats_url: str, tmp_path: Path) -> Iterator[Running]:
    """Serving, on a database of their own."""
    run_apart(migrate(postgres_dsn))
    environment = {
        "PENSTOCK_POSTGRES_URL": postgres_dsn,
        "PENSTOCK_NATS_URL": nats_url,
        "PENSTOCK_NATS_PREFIX": "two_of_each",
        "PENSTOCK_FRONTEND_PORT": str(free_port(HOST, 21_060)),
        "PENSTOCK_ORCHESTRATOR_PORT": str(free_port(HOST, 21_070)),
        "PENSTOCK_LEASE_S": "6",
        "PENSTOCK_HEARTBEAT_S": "1",
        "PENSTOCK_HEARTBEAT_TIMEOUT_S": "1",
    }
    with running([*COMMAND, "server", "--processes", "2"], tmp_path, **environment) as it:
        it.wait_for("4 server processes serve")
        yield it


@pytest.fixture
async def sql(postgres_dsn: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(postgres_dsn)
    yield connection
    await connection.close()


def addresses(servers: Running, role: str) -> list[str]:
    """Where its processes have served, in the order in which they said so."""
    return [line.split()[-1] for line in servers.lines if line.startswith(role) and "ready at" in line]


def children(servers: Running, role: str) -> list[psutil.Process]:
    found = []
    for each in psutil.Process(servers.process.pid).children():
        try:
            if role in each.cmdline():
                found.append(each)
        except psutil.Error:
            continue
    return found


def connections(server: psutil.Process, ports: set[int]) -> int:
    """How many of others to these ports of the server's own."""
    every = server.net_connections("tcp")
    return sum(each.status == psutil.CONN_ESTABLISHED and each.laddr.port in ports for each in every)


async def until(condition: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await condition():
            await asyncio.sleep(0.05)


async def test_two_of_each_share_the_work(servers: Running, sql: Any) -> None:
    frontend, also = addresses(servers, "frontend")
    assert frontend == also, "frontends share a port"
    both = addresses(servers, "orchestrator")
    assert len(set(both)) == 2
    async with AsyncExitStack() as opened:
        own = [("grpc.use_local_subchannel_pool", 1)]  # each a connection of its own
        channels = [
            await opened.enter_async_context(grpc.aio.insecure_channel(frontend, options=own)) for _ in range(LINKS)
        ]
        stubs = [pb_grpc.FrontendStub(channel) for channel in channels]
        for stub in stubs:
            await until(lambda stub=stub: _knows(stub, both))  # type: ignore[misc]
        ports = {int(address.rpartition(":")[2]) for address in (frontend, *both)}
        assert all(connections(each, ports) for each in children(servers, "frontend"))

        await stubs[0].RegisterLambdas(
            pb.RegisterLambdasRequest(lambdas=[pb.LambdaRegistration(name="many.raw", version="1")])
        )
        links = [connect(msgspec.json.encode(Link(frontend)).decode()) for _ in range(LINKS)]
        streams = []
        for at, link in enumerate(links):
            opened.push_async_callback(link.close)
            streams.append(await _opened(link, Hello(f"raw/{at}", "default", ("many.raw",))))
            opened.push_async_callback(streams[-1].close)
        assert all(connections(each, ports) for each in children(servers, "orchestrator"))

        tasks = pb.TaskGroup(payloads=[b"{}"] * (LINKS * CREDIT), delay_us=[0])
        setattr(tasks, "lambda", "many.raw")
        scheduled = await stubs[-1].Schedule(pb.ScheduleRequest(groups=[tasks]), timeout=PATIENCE_S)
        assert not scheduled.problems
        async with asyncio.timeout(PATIENCE_S):
            given = await asyncio.gather(*map(_take, streams))
        assert Counter(task_id for each in given for task_id in each) == Counter(_ids(scheduled.task_ids))

        async def both_schedule() -> bool:
            held = await sql.fetch(
                "select holder, count(*) from penstock.bucket_lease where lease_until > penstock.clock() group by 1"
            )
            return sorted(row["count"] for row in held) == [32, 32]

        await until(both_schedule)


async def _opened(link: GrpcOrchestrators, hello: Hello) -> GrpcWorkStream:
    """As an executor does: a busy machine's servers may be unavailable for a moment."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await link.open(hello)
            except Unavailable:
                await asyncio.sleep(0.05)


async def _knows(frontend: pb_grpc.FrontendStub, orchestrators: list[str]) -> bool:
    reply = await frontend.GetServerInfo(pb.GetServerInfoRequest(), timeout=PATIENCE_S)
    return set(reply.facts["orchestrators"].split(",")) == set(orchestrators)


async def _take(stream: GrpcWorkStream) -> list[bytes]:
    """All that its credit is good for."""

    async def speak() -> None:
        for stamp in itertools.count(1):  # who says nothing for a few seconds is given nothing
            await stream.give(CREDIT, stamp, stopping=False, waiting=False)
            await asyncio.sleep(0.5)

    speaking = asyncio.create_task(speak())
    taken: list[bytes] = []
    try:
        async for message in stream.messages():
            taken += [each.id for each in message.assignments]
            if len(taken) >= CREDIT:
                break
    finally:
        speaking.cancel()
    return taken


def _ids(joined: bytes) -> list[bytes]:
    return [joined[at : at + 16] for at in range(0, len(joined), 16)]


@pytest.mark.parametrize("role", ["orchestrator", "frontend"])
async def test_one_that_is_killed_comes_back_and_the_work_goes_on(servers: Running, tmp_path: Path, role: str) -> None:
    (tmp_path / "many.py").write_text(MANY)
    [address, *_] = addresses(servers, "frontend")
    app = App("many", address=address)
    numbers = iter(range(1_000))

    async def work(count: int) -> None:
        mine = [next(numbers) for _ in range(count)]
        handles = await asyncio.gather(*(app.lambda_("many.quick").schedule(number=number) for number in mine))
        assert await asyncio.gather(*(handle.result(PATIENCE_S) for handle in handles)) == mine

    with running([*COMMAND, "worker", "many:app", "--address", address], tmp_path):
        await work(50)
        for victim in children(servers, role):
            victim.kill()
            await work(50)
            name = await asyncio.to_thread(_comes_back, servers)
            assert name.startswith(role)
            await work(50)
    assert len(children(servers, role)) == 2
    await app.aclose()
    assert len(addresses(servers, role)) == 4
    assert len(set(addresses(servers, role))) == (2 if role == "orchestrator" else 1), "each at its own address"


def _comes_back(servers: Running) -> str:
    """Its name."""
    name = servers.wait_for("was ended by SIGKILL; starts again in").split()[0]
    servers.wait_for(lambda line: line.startswith(name) and "ready at" in line)
    return name


async def test_sigterm_stops_all_of_them(servers: Running, sql: Any) -> None:
    family = psutil.Process(servers.process.pid).children(recursive=True)
    assert await asyncio.to_thread(servers.end, signal.SIGTERM) == 0
    assert not [each for each in family if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    stops = [line.split()[0] for line in servers.lines if line.endswith(("orchestrator stops", "frontend stops"))]
    assert sorted(stops) == ["frontend-1", "frontend-2", "orchestrator-1", "orchestrator-2"]
    assert [each[:-2] for each in stops] == ["orchestrator"] * 2 + ["frontend"] * 2, "frontends last"
    assert not [line for line in servers.lines if "killed" in line]
    assert await sql.fetchval("select count(*) from penstock.member") == 0
    free = "select count(*) from penstock.bucket_lease where lease_until > penstock.clock()"
    assert await sql.fetchval(free) == 0
