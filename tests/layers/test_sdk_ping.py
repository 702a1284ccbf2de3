"""Pings as users of the SDK send them: quick, and no matter for their own work when the platform is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock import App, InvalidInput, NotFound
from penstock.wire.v1 import penstock_pb2 as pb
from tests.layers.sdk_fixtures import Time, connection_of, time_fixture  # noqa: F401 - found by name
from tests.layers.sdk_frontend import FakeFrontend, lose_answer, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator


class Ears(FakeFrontend):
    """Takes pings, but none of the stream `nobodys`."""

    def __init__(self) -> None:
        self.pings: list[pb.PingRequest] = []
        super().__init__()

    def Ping(self, request: pb.PingRequest, context: grpc.ServicerContext) -> pb.PingReply:  # noqa: N802 - as on the wire
        with self.changed:
            self.pings.append(request)
            after: Any = self.after.pop(0) if self.after else None
        if after:
            after(request, context)
        if any(group.stream == "nobodys" for group in request.groups):
            context.abort(grpc.StatusCode.NOT_FOUND, "no stream 'nobodys' in this namespace")
        return pb.PingReply(subjects=sum(len(group.subjects) for group in request.groups))


@pytest.fixture(name="ears")
def ears_fixture() -> Iterator[Ears]:
    fake = Ears()
    yield fake
    fake.stop()


@pytest.fixture(name="app")
def app_fixture(ears: Ears, time: Time) -> Iterator[App]:
    made = App("disk", address=ears.address)
    connection_of(made)._surroundings = time.surroundings()
    yield made
    made.close()


async def test_a_ping_says_what_was_said(app: App, ears: Ears) -> None:
    assert await app.ping("files", subject="a.txt", sequence=7)
    (request,) = ears.pings
    group = pb.PingGroup(stream="files", subjects=["a.txt"], sequences=[7])
    assert request == pb.PingRequest(namespace="default", groups=[group])


def test_without_a_loop(app: App, ears: Ears) -> None:
    assert app.ping_sync("files", subject="a.txt", sequence=7)
    assert len(ears.pings) == 1


async def test_a_ping_whose_answer_is_lost_is_sent_again(app: App, ears: Ears) -> None:
    ears.after = [lose_answer]
    assert await app.ping("files", subject="a.txt", sequence=7)
    assert ears.pings[0] == ears.pings[1]


async def test_a_platform_that_is_away_is_no_error_for_who_pings(app: App, ears: Ears) -> None:
    ears.after = [refuse(grpc.StatusCode.UNAVAILABLE, "away")] * 1_000
    assert not await app.ping("files", subject="a.txt", sequence=7)


async def test_a_wrong_ping_is_an_error(app: App, ears: Ears) -> None:
    for wrong in ({"subject": ""}, {"sequence": 0}, {"sequence": -1}, {"sequence": 2**63}):
        with pytest.raises(InvalidInput):
            await app.ping("files", **({"subject": "a", "sequence": 1} | wrong))  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="stream"):
        await app.ping("No Name", subject="a", sequence=1)
    with pytest.raises(TypeError):
        await app.ping("files", subject="a", sequence="1")  # type: ignore[arg-type]
    assert ears.pings == []


async def test_one_wrong_ping_does_not_take_others_with_it(app: App, ears: Ears) -> None:
    import asyncio

    streams = ["files", "nobodys", *["files"] * 10]
    outcomes = await asyncio.gather(
        *(app.ping(stream, subject=str(number), sequence=1) for number, stream in enumerate(streams)),
        return_exceptions=True,
    )
    assert isinstance(outcomes.pop(1), NotFound)
    assert outcomes == [True] * 11
    assert len(ears.pings) < 12 + 8
