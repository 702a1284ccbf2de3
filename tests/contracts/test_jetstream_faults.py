"""The work queue while its server dies, freezes, forgets and is tampered with."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import pytest
from nats import errors

from penstock.adapters.jetstream import NatsSignals
from penstock.adapters.jetstream.connection import Connection
from penstock.model.errors import Unavailable
from penstock.model.lane import LaneId
from penstock.ports.signals import Topic
from tests.contracts.jetstream_server import LANE, PATIENCE_S, Client, Server, eventually, references, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path / "nats")
    yield one
    one.kill()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(**options: object) -> Client:
        made.append(Client(server.url, **{"reconnect_s_max": 0.1, "check_s": 0.2, **options}))
        return made[-1]

    yield make
    for one in made:
        await one.queue.stop()


async def works(reading: Client, publishing: Client, number: int) -> None:
    """References go from one to the other; a publish may still be lost, so it is repeated."""

    async def publish_on() -> None:
        while True:
            publishing.queue.publish(LANE, references(1), number)
            await asyncio.sleep(0.05)

    publisher = asyncio.create_task(publish_on())
    while True:
        message = await reading.take()
        await message.done()
        if message.enqueued_at_us == number:
            break
    publisher.cancel()


async def test_nothing_waits_for_a_server_that_is_not_there(server: Server, client: Callable[..., Client]) -> None:
    one = client()
    await one.queue.start()
    one.reader(LANE)
    sent = references(300)
    one.queue.publish(LANE, sent, 11)
    with pytest.raises(Unavailable):
        await one.queue.oldest_us(LANE)
    server.start()
    messages = [await one.take(), await one.take()]
    assert [reference for message in messages for reference in message.references] == sent
    assert (one.losses, one.queue.references_dropped) == (0, 0)


async def test_what_does_not_fit_the_outbox_is_dropped_and_counted(
    server: Server, client: Callable[..., Client]
) -> None:
    one = client(outbox_bytes_max=10_000)
    await one.queue.start()
    for number in range(5):
        one.queue.publish(LANE, references(200), number)
    assert one.queue.references_dropped == 400
    server.start()
    one.reader(LANE)
    assert [(await one.take()).enqueued_at_us for _ in range(3)] == [0, 1, 2]


async def test_signals_stay_in_the_process_while_the_server_is_down(client: Callable[..., Client]) -> None:
    one = client()
    await one.queue.start()
    signals = NatsSignals(one.engine)
    heard: list[bytes] = []
    signals.listen(Topic.LAMBDAS, heard.append)
    signals.send(Topic.LAMBDAS, b"x")
    await until(lambda: heard)
    assert heard == [b"x"]


@pytest.mark.parametrize("wiped", [False, True])
async def test_a_killed_server_is_a_loss_told_once_to_everybody(
    server: Server, client: Callable[..., Client], wiped: bool
) -> None:
    server.start()
    reading, publishing = await client().started(), await client().started()
    reading.reader(LANE)
    await works(reading, publishing, 1)
    for loss in (1, 2):
        server.kill()
        if wiped:
            server.wipe()
        publishing.queue.publish(LANE, references(1), 0)
        server.start()
        await until(lambda: (reading.losses, publishing.losses) == (loss, loss))  # noqa: B023
        await works(reading, publishing, 1 + loss)
        assert (reading.losses, publishing.losses) == (loss, loss)


async def test_a_deleted_stream_is_made_again(server: Server, client: Callable[..., Client]) -> None:
    server.start()
    reading, publishing = await client().started(), await client().started()
    reading.reader(LANE)
    idle = reading.reader(LaneId(40))
    await works(reading, publishing, 1)
    await reading.stream.delete()
    await until(lambda: (reading.losses, publishing.losses) == (1, 1))
    await works(reading, publishing, 2)
    publishing.queue.publish(LaneId(40), references(1), 7)
    assert (await reading.take()).lane == 40
    await idle.close()
    assert (reading.losses, publishing.losses) == (1, 1)


async def test_the_consumers_stand_when_a_loss_is_told(server: Server, client: Callable[..., Client]) -> None:
    server.start()
    one = await client().started()
    refilled = references(3)

    async def refill() -> None:
        one.queue.publish(LANE, refilled, 9)

    async def fail() -> None:
        raise RuntimeError("not now")

    one.queue.on_lost(fail)
    one.queue.on_lost(refill)
    one.reader(LANE)
    await works(one, one, 1)
    await one.stream.delete()
    while (message := await one.take()).references != refilled:
        pass
    assert message.enqueued_at_us == 9


async def test_a_deleted_consumer_is_made_again_without_a_loss(server: Server, client: Callable[..., Client]) -> None:
    server.start()
    one = await client().started()
    one.reader(LANE)
    await works(one, one, 1)
    for number in (2, 3, 4):
        await one.stream._ask(f"CONSUMER.DELETE.{one.stream.name}.lane-{LANE}")
        await works(one, one, number)
    assert one.losses == 0


async def test_a_consumer_that_was_deleted_while_nobody_pulled(server: Server, client: Callable[..., Client]) -> None:
    server.start()
    one = await client().started()
    one.reader(LANE, want=1)
    one.queue.publish(LANE, references(1), 1)
    held = await one.take()  # all that is wanted: nothing is outstanding that could be told
    await one.stream._ask(f"CONSUMER.DELETE.{one.stream.name}.lane-{LANE}")
    await held.done()
    await works(one, one, 2)
    assert one.losses == 0


async def test_a_frozen_server_is_left_and_found_again(server: Server, client: Callable[..., Client]) -> None:
    server.start()
    one = await client(request_timeout_s=0.3, connect_timeout_s=0.3, pending_bytes_max=100_000).started()
    one.reader(LANE)
    await works(one, one, 1)
    server.signal(signal.SIGSTOP)
    try:
        for number in range(5_000):  # far more than socket and buffers take
            one.queue.publish(LANE, references(200), number)
            if number % 100 == 0:
                await asyncio.sleep(0)
        assert one.queue.references_dropped > 0
        await until(lambda: not one.engine.is_up)
    finally:
        server.signal(signal.SIGCONT)
    await works(one, one, -2)
    assert one.losses == 0


async def test_a_connection_that_has_closed_itself_is_abandoned_without_a_word(server: Server) -> None:
    """A transport that was told to close while bytes waited lets go of its loop when they are gone."""
    server.start()
    connection = Connection()
    await eventually(lambda: _opened(connection, server.url))
    writer = connection._transport._io_writer  # type: ignore[union-attr]
    server.signal(signal.SIGSTOP)
    writer.write(b"PING\r\n" * 2_000_000)  # far more than the sockets take
    writer.close()
    server.signal(signal.SIGCONT)
    await asyncio.wait_for(connection.lost.wait(), PATIENCE_S)
    await asyncio.wait_for(writer.wait_closed(), PATIENCE_S)
    await connection.abandon()
    assert connection.is_closed


async def test_a_transport_that_takes_no_last_words_is_no_error(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """uvloop's refuses them when the peer is gone: it was told as a task whose exception nobody retrieved."""

    def refuse(_: object) -> None:
        raise RuntimeError("the handler is closed")

    server.start()
    connection = Connection()
    await eventually(lambda: _opened(connection, server.url))
    monkeypatch.setattr(connection._transport, "writelines", refuse)
    connection.send("anything", b"that waits", "")
    await connection._process_op_err(ConnectionResetError("Connection lost"))
    assert connection.lost.is_set()
    monkeypatch.undo()
    await connection.abandon()


async def _opened(connection: Connection, url: str) -> bool:
    try:
        await connection.open([url], "test", PATIENCE_S)
    except (OSError, errors.Error) as error:
        raise Unavailable(str(error)) from None
    return True


async def test_a_cut_connection_is_no_loss(server: Server, client: Callable[..., Client]) -> None:
    server.start()
    one = await client().started()
    one.reader(LANE, want=2)
    one.queue.publish(LANE, references(1), 1)
    held = await one.take()
    connects = one.engine.connects
    connection = one.engine._connection
    assert connection is not None
    connection._transport._io_writer.transport.abort()  # type: ignore[union-attr]
    await until(lambda: one.engine.connects == connects + 1)
    await works(one, one, 2)
    await held.done()
    assert one.losses == 0


async def test_held_messages_survive_their_holder(server: Server, client: Callable[..., Client]) -> None:
    server.start()
    one, other = await client(ack_wait_s=0.5).started(), await client(ack_wait_s=0.5).started()
    one.reader(LANE)
    one.queue.publish(LANE, references(1), 1)
    held = await one.take()
    await one.queue.stop()
    other.reader(LANE)
    assert (await other.take()).references == held.references


async def test_stopping_while_the_server_is_down_or_frozen(server: Server, client: Callable[..., Client]) -> None:
    down = client()
    await down.queue.start()
    await down.queue.stop()
    server.start()
    frozen = await client().started()
    server.signal(signal.SIGSTOP)
    try:
        for number in range(3_000):
            frozen.queue.publish(LANE, references(200), number)
        await asyncio.wait_for(frozen.queue.stop(), 10)
    finally:
        server.signal(signal.SIGCONT)


async def test_a_server_without_jetstream_harms_nobody(tmp_path: Path) -> None:
    with_jetstream = Server(tmp_path / "nats")
    bare = Server(tmp_path / "nats", port=with_jetstream.port)
    bare.start(jetstream=False)
    one = Client(bare.url, check_s=0.1, request_timeout_s=0.3, leaderless_s=0.3, reconnect_s_max=0.1)
    try:
        await one.queue.start()
        await until(lambda: one.engine.is_up)
        one.reader(LANE)
        one.queue.publish(LANE, references(1), 1)
        with pytest.raises(Unavailable):
            await one.queue.oldest_us(LANE)
        bare.kill()
        with_jetstream.start()
        await eventually(lambda: one.queue.oldest_us(LANE))
        assert (await one.take()).enqueued_at_us == 1
    finally:
        await one.queue.stop()
        bare.kill()
        with_jetstream.kill()
