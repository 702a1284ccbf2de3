"""The work queue on a real nats-server that stays up."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from penstock.adapters.jetstream import NatsSignals
from penstock.adapters.jetstream.pulled import messages_behind
from penstock.adapters.jetstream.references import Unreadable, decode, encode
from penstock.model.lane import LaneId
from penstock.model.task import Reference
from penstock.ports.signals import Topic
from tests.contracts.jetstream_server import LANE, PATIENCE_S, Client, Server, references, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from penstock.ports.work_queue import LaneMessage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("nats"))
    running.start()
    yield running
    running.kill()


@pytest.fixture
async def client(server: Server, tmp_path: Path) -> AsyncIterator[Callable[..., Client]]:
    """Makes clients of one platform, whose prefix no other test has."""
    made: list[Client] = []

    def make(**options: object) -> Client:
        made.append(Client(server.url, **{"prefix": f"test-{abs(hash(tmp_path))}"[:32], **options}))
        return made[-1]

    yield make
    for one in made:
        await one.queue.stop()


def test_references_survive_the_wire() -> None:
    some = [Reference(bytes([n]) * 16, alone=n % 3 == 0) for n in range(200)]  # type: ignore[arg-type]
    assert decode(encode(some, -5)) == (-5, some)
    plain = references(200)
    assert decode(encode(plain, 2**62)) == (2**62, plain)
    assert len(encode(plain, 0)) == 9 + 16 * 200
    assert decode(encode([], 7)) == (7, [])


@pytest.mark.parametrize(
    "body",
    [b"", b"12345678", b"12345678\x00" + b"x" * 17, b"12345678\x01" + b"x" * 16, b"12345678\x09"],
)
def test_other_bytes_are_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        decode(body)


@pytest.mark.parametrize(
    ("reply", "behind"),
    [
        ("$JS.ACK.work.lane-4.1.2.1.1795226824367382222.17", 17),
        ("$JS.ACK.hub.hash.work.lane-4.1.2.1.1795226824367382222.17.random", 17),
        ("$JS.ACK.hub.hash.work.lane-4.1.2.1.1795226824367382222.17", 17),
        ("something.else", 0),
    ],
)
def test_messages_behind_are_read_off_the_reply_subject(reply: str, behind: int) -> None:
    assert messages_behind(reply) == behind


async def test_messages_come_in_order_with_all_they_carry(client: Callable[..., Client]) -> None:
    one = await client().started()
    sent = references(450)
    sent[3] = Reference(sent[3].id, alone=True)
    one.queue.publish(LANE, sent, 1_000)
    await until_oldest(one, 1_000)
    one.reader(LANE)
    messages = [await one.take() for _ in range(3)]
    assert [reference for message in messages for reference in message.references] == sent
    assert [len(message.references) for message in messages] == [200, 200, 50]
    assert [message.messages_behind for message in messages] == [2, 1, 0]
    assert {message.enqueued_at_us for message in messages} == {1_000}
    assert await one.queue.oldest_us(LANE) == 1_000, "held messages count"
    for message in messages:
        await message.done()
    await until_oldest(one, None)


async def test_a_waiting_reader_is_served_without_asking_again(client: Callable[..., Client]) -> None:
    one = await client().started()
    one.reader(LANE, want=1)
    for _ in range(20):
        sent = references(1)
        one.queue.publish(LANE, sent, 5)
        message = await one.take()
        assert message.references == sent
        await message.done()


async def test_more_lanes_than_a_server_allows_by_default_are_read(client: Callable[..., Client]) -> None:
    one = await client().started()
    lanes = [LaneId(number) for number in range(4, 1_014)]
    for lane in lanes:
        one.queue.publish(lane, references(1), lane)
        one.reader(lane, want=1)
    found = {(await one.take()).enqueued_at_us for _ in lanes}
    assert found == set(lanes)


async def test_a_stream_of_an_older_release_is_given_room_for_as_many_lanes(client: Callable[..., Client]) -> None:
    one = client()
    await one.engine.start()
    await until(lambda: one.engine.is_up)
    narrow = one.stream._config(1) | {"max_consumers": 10}
    await one.stream._ask(f"STREAM.CREATE.{one.stream.name}", narrow)
    assert (await one.stream.find_or_make()).last_sequence == 0
    standing = await one.stream._ask(f"STREAM.INFO.{one.stream.name}")
    assert standing["config"]["max_consumers"] == one.stream._config(1)["max_consumers"]
    await one.engine.stop()


async def test_never_more_in_hand_than_wanted(client: Callable[..., Client]) -> None:
    one = await client().started()
    reader = one.reader(LANE, want=3)
    for number in range(10):
        one.queue.publish(LANE, references(1), number)
    held = [await one.take() for _ in range(3)]
    await round_trips(one)
    assert one.arrived.empty()
    await held[0].done()
    await held[1].put_back([])
    held = [held[2], await one.take(), await one.take()]
    await round_trips(one)
    assert one.arrived.empty()
    reader.want(0)
    for message in held:
        await message.done()
    await round_trips(one)
    assert one.arrived.empty()
    reader.want(100)
    assert [(await one.take()).enqueued_at_us for _ in range(5)] == [5, 6, 7, 8, 9]


async def test_a_paused_reader_hands_back_what_still_comes(client: Callable[..., Client]) -> None:
    one, other = await client().started(), await client().started()
    reader = one.reader(LANE, want=4)
    await until(lambda: reader._outstanding == 4)  # type: ignore[attr-defined]
    await round_trips(one)
    reader.want(0)
    one.queue.publish(LANE, references(1), 7)
    other.reader(LANE, want=1)
    assert (await other.take()).enqueued_at_us == 7
    assert one.arrived.empty()


async def test_a_closed_reader_hands_back_what_still_comes(client: Callable[..., Client]) -> None:
    one, other = await client().started(), await client().started()
    reader = one.reader(LANE, want=4)
    await until(lambda: reader._outstanding == 4)  # type: ignore[attr-defined]
    await round_trips(one)
    await reader.close()
    reader.want(9)
    other.queue.publish(LANE, references(1), 7)
    other.reader(LANE, want=1)
    assert (await other.take()).enqueued_at_us == 7
    assert one.arrived.empty()


async def test_readers_share_a_lane(client: Callable[..., Client]) -> None:
    one, other = await client().started(), await client().started()
    seen: list[int] = []
    takers: set[str] = set()

    def taker(name: str) -> Callable[[LaneMessage], None]:
        def take(message: LaneMessage) -> None:
            seen.append(message.enqueued_at_us)
            takers.add(name)
            tasks.append(asyncio.create_task(message.done()))

        return take

    tasks: list[asyncio.Task[None]] = []
    for name, client_ in (("one", one), ("two", one), ("three", other)):
        client_.queue.reader(LANE, taker(name)).want(2)
    for number in range(300):
        one.queue.publish(LANE, references(1), number)
    await until(lambda: len(seen) >= 300)
    await until_oldest(one, None)
    assert sorted(seen) == list(range(300)), "each message once"
    assert takers == {"one", "two", "three"}


async def test_what_is_not_acknowledged_comes_again_unless_kept(client: Callable[..., Client]) -> None:
    one = await client(ack_wait_s=0.4).started()
    one.reader(LANE)
    other = LaneId(LANE + 4)
    one.queue.publish(LANE, references(1), 1)
    one.queue.publish(other, references(1), 2)
    kept = await one.take()
    one.reader(other)
    forgotten = await one.take()
    for _ in range(3):  # each time the other lane's message comes back, this one's time has begun anew
        await kept.keep()
        again = await keep_until_next(one, kept)
        assert again.references == forgotten.references
    await kept.done()
    await kept.done()


async def test_the_rest_is_put_back_with_its_time(client: Callable[..., Client]) -> None:
    one = await client().started()
    one.reader(LANE)
    sent = references(5)
    one.queue.publish(LANE, sent, 44)
    await (await one.take()).put_back(sent[2:])
    again = await one.take()
    assert (again.references, again.enqueued_at_us) == (sent[2:], 44)
    await again.done()
    await until_oldest(one, None)


async def test_a_holder_that_fails_gets_the_message_again(client: Callable[..., Client]) -> None:
    one = await client().started()
    tries: list[LaneMessage] = []

    def fail_once(message: LaneMessage) -> None:
        tries.append(message)
        if len(tries) == 1:
            raise RuntimeError("not ready")

    one.queue.reader(LANE, fail_once).want(1)
    one.queue.publish(LANE, references(1), 1)
    await until(lambda: len(tries) == 2)
    assert tries[0].references == tries[1].references


async def test_an_unreadable_message_is_put_away_and_counted(client: Callable[..., Client]) -> None:
    one = await client().started()
    reader = one.reader(LANE)
    one.engine.send(one.stream.subject(LANE), b"not ours")
    one.queue.publish(LANE, references(1), 9)
    assert (await one.take()).enqueued_at_us == 9
    assert reader.unreadable == 1  # type: ignore[attr-defined]


async def test_three_hundred_lanes(client: Callable[..., Client]) -> None:
    one = await client().started()
    lanes = [LaneId(number) for number in range(1_000, 1_300)]
    for lane in lanes:
        one.reader(lane)
    for lane in lanes:
        one.queue.publish(lane, references(1), lane)
    messages = [await one.take() for _ in lanes]
    assert {message.lane for message in messages} == set(lanes)
    assert all(message.enqueued_at_us == message.lane for message in messages)
    for message in messages:
        await message.done()


async def test_a_full_lane_refuses_and_nobody_is_hurt(client: Callable[..., Client]) -> None:
    one = await client(messages_per_lane_max=5).started()
    for number in range(9):
        one.queue.publish(LANE, references(1), number)
    one.queue.publish(LaneId(8), references(1), 99)
    one.reader(LANE, want=20)
    assert [(await one.take()).enqueued_at_us for _ in range(5)] == [0, 1, 2, 3, 4]
    one.reader(LaneId(8))
    assert (await one.take()).enqueued_at_us == 99


async def test_two_platforms_share_a_server(client: Callable[..., Client]) -> None:
    one, other = await client(prefix="mine").started(), await client(prefix="theirs").started()
    one.reader(LANE)
    other.queue.publish(LANE, references(1), 1)
    one.queue.publish(LANE, references(1), 2)
    assert (await one.take()).enqueued_at_us == 2
    await until_oldest(other, 1)


async def test_pulls_that_expire_are_renewed(client: Callable[..., Client]) -> None:
    one = await client(pull_life_s=0.2, heartbeat_s=0.05).started()
    reader = one.reader(LANE, want=4)
    await until(lambda: reader._requests > 3)  # type: ignore[attr-defined]
    assert reader._outstanding <= 4  # type: ignore[attr-defined]
    one.queue.publish(LANE, references(1), 3)
    assert (await one.take()).enqueued_at_us == 3


async def test_signals_reach_everybody_once_this_process_too(client: Callable[..., Client]) -> None:
    one, other = await client().started(), await client().started()
    mine, theirs = NatsSignals(one.engine), NatsSignals(other.engine)
    heard: list[tuple[str, bytes]] = []
    stop = mine.listen(Topic.ENDED, lambda body: heard.append(("mine", body)))
    theirs.listen(Topic.ENDED, lambda body: heard.append(("theirs", body)))
    theirs.listen(Topic.DUE, lambda body: heard.append(("due", body)))
    await round_trips(other)
    mine.send(Topic.ENDED, b"1")
    await until(lambda: len(heard) == 2)
    stop()
    mine.send(Topic.ENDED, b"2")
    mine.send(Topic.DUE, b"3")
    await until(lambda: ("due", b"3") in heard)
    assert sorted(heard) == [("due", b"3"), ("mine", b"1"), ("theirs", b"1"), ("theirs", b"2")]


async def test_what_was_published_last_is_sent_before_the_end(client: Callable[..., Client]) -> None:
    one, other = await client().started(), await client().started()
    one.queue.publish(LANE, references(200), 6)
    await one.queue.stop()
    await until_oldest(other, 6)


async def until_oldest(client: Client, enqueued_at_us: int | None) -> None:
    """The server stores what was published behind the scenes: a question may overtake it."""

    async def watch() -> None:
        while await client.queue.oldest_us(LANE) != enqueued_at_us:
            await asyncio.sleep(0.01)

    await asyncio.wait_for(watch(), PATIENCE_S)


async def round_trips(client: Client) -> None:
    """Long enough for anything on its way to have arrived: the server answers in order."""
    for _ in range(3):
        assert await client.engine.check_life()


async def keep_until_next(client: Client, kept: LaneMessage) -> LaneMessage:
    next_message = asyncio.ensure_future(client.take())
    while not next_message.done():
        await kept.keep()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(next_message), 0.05)
    return await next_message
