# ruff: noqa: D103 - the name of an idea is its sentence
"""Signals reach everybody when the network is well, and harm nobody when it is not."""

import asyncio

from penstock.ports.signals import Signals, Topic
from penstock.testing.contracts.queue_scene import until
from penstock.testing.contracts.suite import Suite
from penstock.testing.contracts.under_test import SignalsUnderTest

BODY = bytes(range(256)) * 16


class Ear:
    """A listener and what it heard."""

    def __init__(self, signals: Signals, topic: Topic) -> None:
        self.heard: list[bytes] = []
        self.stop = signals.listen(topic, self.heard.append)


async def set_up(under_test: SignalsUnderTest) -> SignalsUnderTest:
    """Nothing to prepare."""
    return under_test


SIGNALS: Suite[SignalsUnderTest, SignalsUnderTest] = Suite("signals", set_up)


async def send_until_heard(signals: Signals, topic: Topic, body: bytes, *ears: Ear) -> None:
    """A signal may be lost, and who begins to listen may miss the first: it is sent until all have it."""

    async def all_heard() -> bool:
        if all(body in ear.heard for ear in ears):
            return True
        signals.send(topic, body)
        await asyncio.sleep(0.02)
        return all(body in ear.heard for ear in ears)

    await until(all_heard)


@SIGNALS.idea
async def a_signal_reaches_every_process_the_senders_own_included(network: SignalsUnderTest) -> None:
    clients = [await network.client() for _ in range(3)]
    ears = [Ear(client, Topic.ENDED) for client in clients]
    await send_until_heard(clients[0], Topic.ENDED, BODY, *ears)
    await send_until_heard(clients[1], Topic.ENDED, b"from another", *ears)


@SIGNALS.idea
async def all_listeners_of_a_process_hear_it(network: SignalsUnderTest) -> None:
    sender, receiver = await network.client(), await network.client()
    ears = [Ear(receiver, Topic.DUE) for _ in range(3)]
    await send_until_heard(sender, Topic.DUE, BODY, *ears)


@SIGNALS.idea
async def an_empty_body_is_a_signal(network: SignalsUnderTest) -> None:
    sender, receiver = await network.client(), await network.client()
    await send_until_heard(sender, Topic.LAMBDAS, b"", Ear(receiver, Topic.LAMBDAS))


@SIGNALS.idea
async def topics_are_apart(network: SignalsUnderTest) -> None:
    client = await network.client()
    ears = {topic: Ear(client, topic) for topic in Topic}
    for topic, ear in ears.items():
        await send_until_heard(client, topic, topic.value.encode(), ear)
    for topic, ear in ears.items():
        assert set(ear.heard) == {topic.value.encode()}


@SIGNALS.idea
async def who_has_stopped_listening_hears_nothing_more(network: SignalsUnderTest) -> None:
    sender, receiver = await network.client(), await network.client()
    stopped, listening = Ear(receiver, Topic.GAUGE), Ear(receiver, Topic.GAUGE)
    await send_until_heard(sender, Topic.GAUGE, b"before", stopped, listening)
    stopped.stop()
    stopped.stop()
    await send_until_heard(sender, Topic.GAUGE, b"after", listening)
    assert b"after" not in stopped.heard


@SIGNALS.idea
async def the_last_to_stop_can_listen_again(network: SignalsUnderTest) -> None:
    client = await network.client()
    first = Ear(client, Topic.CANCEL)
    await send_until_heard(client, Topic.CANCEL, b"first", first)
    first.stop()
    second = Ear(client, Topic.CANCEL)
    await send_until_heard(client, Topic.CANCEL, b"second", second)
    assert b"second" not in first.heard


@SIGNALS.idea
async def nothing_raises_while_the_network_is_down_and_it_works_again(network: SignalsUnderTest) -> None:
    sender, receiver = await network.client(), await network.client()
    early = Ear(receiver, Topic.ENDED)
    await network.stop_engine()
    for _ in range(100):
        sender.send(Topic.ENDED, BODY)
    late = Ear(receiver, Topic.ENDED)
    gone = Ear(receiver, Topic.ENDED)
    gone.stop()
    await network.start_engine()
    await send_until_heard(sender, Topic.ENDED, b"well again", early, late)
    assert b"well again" not in gone.heard
