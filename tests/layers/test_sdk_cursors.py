"""Cursors as users of the SDK ask for them and order about them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock import App, Event, InvalidInput, LimitExceeded, NotFound
from penstock.sdk.cursor_answers import Behind, DeadEvent, Redriven, Replay, SubjectState, SubscriptionState
from penstock.wire.v1 import penstock_pb2 as pb
from tests.layers.sdk_fixtures import Time, connection_of, time_fixture  # noqa: F401 - found by name
from tests.layers.sdk_frontend import FakeFrontend

if TYPE_CHECKING:
    from collections.abc import Iterator

MOMENT = datetime(2026, 3, 1, 9, tzinfo=UTC)
MOMENT_US = 1_772_355_600_000_000
SUMMARY = pb.CursorSummary(
    subscription="disk.index",
    stream="files",
    waiting=3,
    blocked=1,
    letters=1,
    longest_us=2_500_000,
    after=["disk.scan"],
)
STATE = SubscriptionState("disk.index", "files", ("disk.scan",), 3, 0, 0, 1, 0, 1, 2.5)


class Cursors(FakeFrontend):
    """Answers what the wire would, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        super().__init__()

    def ListCursors(self, request: Any, _context: grpc.ServicerContext) -> pb.ListCursorsReply:  # noqa: N802 - as on the wire, here and below
        self.asked.append(request)
        return pb.ListCursorsReply(subscriptions=[SUMMARY])

    def ShowCursors(self, request: Any, _context: grpc.ServicerContext) -> pb.ShowCursorsReply:  # noqa: N802
        self.asked.append(request)
        return pb.ShowCursorsReply(
            summary=SUMMARY,
            rows=[pb.CursorRow(subject="a", cursor=2, head=5, attempts=1, stands_us=500_000, is_replay=True)],
            letters=[
                pb.EventLetter(
                    subject="a", sequence=3, type="changed", died_at_us=MOMENT_US, blocks=True, attempts=5,
                    reason="budget", error_type="ValueError", error_message="no",
                )
            ],
            waits_for="waits for its turn in its lane",
            filter='{"exact":{"tenant":"7"}}',
            filter_failures=pb.FilterFailures(count=3, error="math: no", subject="a", sequence=4, at_us=MOMENT_US),
        )  # fmt: skip

    def SkipEvent(self, request: Any, _context: grpc.ServicerContext) -> pb.MoveCursorReply:  # noqa: N802
        self.asked.append(request)
        return pb.MoveCursorReply(cursor=request.sequence)

    def RedriveEvent(self, request: Any, context: grpc.ServicerContext) -> pb.MoveCursorReply:  # noqa: N802
        self.asked.append(request)
        if request.sequence == 404:
            context.abort(grpc.StatusCode.NOT_FOUND, "event 404 of 'a' is not dead for disk.index")
        return pb.MoveCursorReply(cursor=9, out_of_order=True)

    def StartRefresh(self, request: Any, _context: grpc.ServicerContext) -> pb.GetRefreshReply:  # noqa: N802
        self.asked.append(request)
        return pb.GetRefreshReply()

    def Verify(self, request: Any, _context: grpc.ServicerContext) -> pb.VerifyReply:  # noqa: N802
        self.asked.append(pb.VerifyRequest.FromString(request.SerializeToString()))
        if request.page_token:
            return pb.VerifyReply(looked_at_us=MOMENT_US + 5, subjects=2)
        lag = pb.CursorLag(subscription="disk.index", subject="a", cursor=2, head=5, waits_for="its turn")
        is_one = request.subscription == "disk.quiet"
        return pb.VerifyReply(
            looked_at_us=MOMENT_US, subjects=3, behind=[] if is_one else [lag], next_page_token="" if is_one else "more"
        )

    def Replay(self, request: Any, _context: grpc.ServicerContext) -> pb.ReplayReply:  # noqa: N802
        self.asked.append(pb.ReplayRequest.FromString(request.SerializeToString()))
        events = 7 if request.preview or request.subjects else -1
        token = "" if request.page_token or request.subjects else "more"
        first_us = MOMENT_US + (10 if token else 0)
        return pb.ReplayReply(subjects=2, events=events, busy=1, first_us=first_us, next_page_token=token)


@pytest.fixture(name="cursors")
def cursors_fixture() -> Iterator[Cursors]:
    fake = Cursors()
    yield fake
    fake.stop()


@pytest.fixture(name="app")
def app_fixture(cursors: Cursors, time: Time) -> Iterator[App]:
    made = App("disk", address=cursors.address)
    connection_of(made)._surroundings = time.surroundings()
    yield made
    made.close()


async def test_subscriptions_are_listed_and_shown(app: App, cursors: Cursors) -> None:
    assert await app.cursors.list() == (STATE,)
    assert await app.cursors.list("files") == (STATE,)
    assert [request.stream for request in cursors.asked] == ["", "files"]
    shown = await app.cursors.show("disk.index", limit=5)
    assert shown.state == STATE
    assert shown.subjects == (SubjectState("a", 2, 5, 1, 0.5, "", is_replay=True),)
    assert shown.dead_events == (DeadEvent("a", 3, "changed", MOMENT, True, 5, "budget", "ValueError: no"),)
    assert await app.cursors.explain("disk.index", "a") == "waits for its turn in its lane"
    assert cursors.asked[-1] == pb.ShowCursorsRequest(
        namespace="default", subscription="disk.index", subject="a", limit=20
    )


async def test_an_order_names_a_lambda_or_its_name_and_who_gave_it(app: App, cursors: Cursors) -> None:
    @app.on("files")
    async def index(event: Event[str]) -> None: ...

    assert await app.cursors.skip(index, "a", 3, reason="broken") == 3
    assert await app.cursors.redrive("disk.index", "a", 4) == Redriven(9, out_of_order=True)
    await app.cursors.refresh("files")
    skip, redrive, refresh = cursors.asked
    assert (skip.subscription, skip.subject, skip.sequence, skip.reason) == ("disk.index", "a", 3, "broken")
    assert (redrive.subscription, redrive.sequence, redrive.namespace) == ("disk.index", 4, "default")
    assert skip.asked_by == redrive.asked_by == refresh.asked_by != ""
    with pytest.raises(NotFound, match="is not dead"):
        await app.cursors.redrive("disk.index", "a", 404)


async def test_a_replay_goes_through_all_pages(app: App, cursors: Cursors) -> None:
    done = await app.cursors.replay("disk.index", since=MOMENT, reason="a new index")
    assert done == Replay(4, None, 2, MOMENT)
    first, second = cursors.asked
    assert (first.from_us, first.to_us, first.from_sequence, first.preview) == (MOMENT_US, 0, 0, False)
    assert (first.page_token, second.page_token) == ("", "more")
    assert (first.reason, first.asked_by != "") == ("a new index", True)
    preview = await app.cursors.replay("disk.index", ["a"], since=3, until=9, preview=True)
    assert preview == Replay(2, 7, 1, MOMENT)
    assert (cursors.asked[-1].from_sequence, cursors.asked[-1].to_sequence) == (3, 9)
    assert list(cursors.asked[-1].subjects) == ["a"]


async def test_verify_goes_through_all_subjects(app: App, cursors: Cursors) -> None:
    seen = await app.cursors.verify("files")
    assert (seen.complete, seen.subjects, seen.looked_at) == (False, 5, MOMENT), "what was seen first counts"
    assert seen.behind == (Behind("disk.index", "a", 2, 5, "its turn"),)
    quiet = await app.cursors.verify("files", "disk.quiet")
    assert (quiet.complete, quiet.subjects) == (True, 3)
    assert [request.page_token for request in cursors.asked] == ["", "more", ""]


def test_without_a_loop_it_is_the_same(app: App, cursors: Cursors) -> None:
    assert app.cursors.list_sync("files") == (STATE,)
    assert app.cursors.show_sync("disk.index", "a").state == STATE
    assert app.cursors.explain_sync("disk.index", "a").startswith("waits")
    assert app.cursors.skip_sync("disk.index", "a", 3, reason="broken") == 3
    assert app.cursors.redrive_sync("disk.index", "a", 3).out_of_order
    assert app.cursors.replay_sync("disk.index", ["a"], reason="why not").events == 7
    assert not app.cursors.verify_sync("files").complete
    app.cursors.refresh_sync("files")
    assert len(cursors.asked) == 9


async def test_bad_input_is_refused_before_anything_is_asked(app: App, cursors: Cursors) -> None:
    order = app.cursors
    with pytest.raises(InvalidInput, match="has no dot"):
        await order.explain("nodot", "a")
    with pytest.raises(InvalidInput, match="stream"):
        await order.list("../x")
    with pytest.raises(InvalidInput, match="subject"):
        await order.redrive("disk.index", "", 3)
    with pytest.raises(InvalidInput, match="0 is no sequence"):
        await order.skip("disk.index", "a", 0, reason="x")
    with pytest.raises(InvalidInput, match="say why"):
        await order.skip("disk.index", "a", 3, reason="")
    with pytest.raises(InvalidInput, match="say why"):
        await order.replay("disk.index")
    with pytest.raises(InvalidInput, match="nothing is between them"):
        await order.replay("disk.index", ["a"], since=9, until=8, reason="x")
    with pytest.raises(InvalidInput, match="sequences of one subject only"):
        await order.replay("disk.index", since=9, reason="x")
    with pytest.raises(InvalidInput, match="has no timezone"):
        await order.replay("disk.index", since=datetime(2026, 3, 1), reason="x")  # noqa: DTZ001 - what is refused
    with pytest.raises(InvalidInput, match="is not a datetime"):
        await order.replay("disk.index", until="yesterday", reason="x")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="names one of them twice"):
        await order.replay("disk.index", ["a", "a"], reason="x")
    with pytest.raises((InvalidInput, LimitExceeded), match="limit"):
        await order.show("disk.index", limit=0)
    assert cursors.asked == []
