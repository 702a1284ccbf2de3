"""The work queue on a cluster of three: nodes die, the stream lives; all die, and its memory with them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.contracts.jetstream_server import LANE, PATIENCE_S, Client, Server, free_port, references, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow
NODES = 3


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[list[Server]]:
    routes = [free_port() for _ in range(NODES)]
    urls = ",".join(f"nats://127.0.0.1:{port}" for port in routes)
    nodes = [
        Server(
            tmp_path / str(number), "-n", f"node{number}",
            "--cluster_name", "test", "--cluster", f"nats://127.0.0.1:{port}", "--routes", urls,
        )
        for number, port in enumerate(routes)
    ]  # fmt: skip
    for node in nodes:
        node.start()
    yield nodes
    for node in nodes:
        node.kill()


async def leader(client: Client) -> tuple[int, int]:
    """The number of the node that leads the stream, and how many keep it."""
    answer = await client.stream._ask(f"STREAM.INFO.{client.stream.name}")
    return int(answer["cluster"]["leader"].removeprefix("node")), answer["config"]["num_replicas"]


async def works(client: Client, number: int) -> None:
    async def publish_on() -> None:
        while True:
            client.queue.publish(LANE, references(1), number)
            await asyncio.sleep(0.05)

    publisher = asyncio.create_task(publish_on())
    async with asyncio.timeout(2 * PATIENCE_S):
        while True:
            message = await client.arrived.get()
            await message.done()
            if message.enqueued_at_us == number:
                break
    publisher.cancel()


async def test_a_stream_of_three_survives_its_leader(cluster: list[Server]) -> None:
    one = Client(*(node.url for node in cluster))
    await one.started()
    try:
        number, replicas = await leader(one)
        assert replicas == NODES
        one.reader(LANE)
        await works(one, 1)
        cluster[number].kill()
        await works(one, 2)
        assert one.losses == 0
    finally:
        await one.queue.stop()


async def test_a_cluster_that_forgot_all_is_a_loss(cluster: list[Server]) -> None:
    one = Client(*(node.url for node in cluster))
    await one.started()
    try:
        one.reader(LANE)
        await works(one, 1)
        before = await one.stream.find_or_make()
        await until(lambda: (known := one.queue._watch._known) and known.last_sequence >= before.last_sequence)
        for node in cluster:
            node.kill()
        for node in cluster:
            node.start()
        async with asyncio.timeout(2 * PATIENCE_S):
            while not one.losses:
                await asyncio.sleep(0.05)
        await works(one, 2)
        assert one.losses == 1
    finally:
        await one.queue.stop()


async def test_a_stream_without_a_leader_is_made_again(cluster: list[Server]) -> None:
    one = Client(*(node.url for node in cluster), replicas=1, leaderless_s=3.0)
    await one.started()
    try:
        number, replicas = await leader(one)
        assert replicas == 1
        one.reader(LANE)
        await works(one, 1)
        cluster[number].kill()
        async with asyncio.timeout(2 * PATIENCE_S):
            while not one.losses:
                await asyncio.sleep(0.05)
        await works(one, 2)
        assert (await leader(one))[0] != number
        cluster[number].start()
        await works(one, 3)
        assert one.losses == 1
    finally:
        await one.queue.stop()


async def test_a_stream_is_made_while_a_node_is_away(cluster: list[Server]) -> None:
    other = await Client(*(node.url for node in cluster), prefix="other").started()
    await other.queue.stop()  # the cluster stands
    cluster[0].kill()
    one = Client(*(node.url for node in cluster))
    await one.queue.start()
    try:
        one.reader(LANE)
        await works(one, 1)
    finally:
        await one.queue.stop()
