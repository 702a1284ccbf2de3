"""Orders over many tasks as users of the SDK give them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from penstock import App, InvalidInput, NotFound, Selection, Status, SweepKind, SweepStatus, TaskKind
from penstock.wire.v1 import penstock_pb2 as pb
from tests.layers.sdk_fixtures import Time, app_fixture, frontend_fixture, time_fixture  # noqa: F401 - found by name
from tests.layers.sdk_frontend import FakeFrontend, lose_answer

NOON = datetime(2099, 1, 1, 12, tzinfo=UTC)
NOBODY = "01999999-0000-7000-8000-000000000000"


async def test_an_order_says_all_that_it_means_and_who_gave_it(app: App, frontend: FakeFrontend) -> None:
    @app.task
    async def send(to: str) -> None: ...

    chosen = Selection(
        of=send,
        collection="letters",
        statuses={Status.NEW, Status.HELD},
        scheduled_after=NOON,
        attributes={"customer": "7"},
    )
    assert await app.many.would_cancel(chosen) == (
        TaskKind("mail.send", Status.NEW, 7, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), None),
    )
    order = await app.many.cancel(chosen, per_second=50, reason="a bad release")
    assert (order.kind, order.status, order.handled) == (SweepKind.CANCEL, SweepStatus.RUNNING, 7)
    assert order.who
    [asked] = frontend.sweep_orders
    assert (getattr(asked.selection, "lambda"), asked.rate_per_s) == ("mail.send", 50)
    assert list(asked.selection.statuses) == [pb.STATUS_NEW, pb.STATUS_HELD]
    assert asked.selection.scheduled_from_us == NOON.timestamp() * 1_000_000
    assert dict(asked.selection.attributes) == {"customer": "7"}
    assert (await app.many.order(order.id)).status is SweepStatus.DONE
    assert (await app.many.stop(order.id, who="ada")).status is SweepStatus.STOPPED
    with pytest.raises(NotFound, match=f"no order {NOBODY}"):
        await app.many.order(NOBODY)


def test_without_a_loop_it_is_the_same(app: App, frontend: FakeFrontend) -> None:
    chosen = Selection(of="billing.charge", statuses=[Status.DEAD])
    assert app.many.would_retry_sync(chosen)[0].count == 7
    assert app.many.would_cancel_sync(chosen)[0].count == 7
    order = app.many.retry_sync(chosen, who="ada")
    assert (order.kind, order.who) == (SweepKind.RETRY, "ada")
    assert app.many.cancel_sync(chosen).kind is SweepKind.CANCEL
    assert app.many.order_sync(order.id).status is SweepStatus.DONE
    assert app.many.stop_sync(order.id).status is SweepStatus.STOPPED


async def test_a_lost_answer_orders_nothing_twice(app: App, frontend: FakeFrontend) -> None:
    frontend.after.append(lose_answer)
    await app.many.cancel(Selection(of="mail.send"))
    first, second = frontend.sweep_orders
    assert first == second
    assert len(first.request_token) == 16


@pytest.mark.parametrize(
    ("chosen", "options", "place"),
    [
        ("mail.send", {}, "selection: 'mail.send' is none; make one"),
        (Selection(of="nodot"), {}, "lambda: 'nodot' has no dot"),
        (Selection(of="mail.send", collection="x" * 257), {}, "collection: has 257 bytes"),
        (Selection(of="mail.send", statuses=["new"]), {}, "statuses: .* are not all of penstock.Status"),  # type: ignore[list-item]
        (Selection(of="mail.send", scheduled_after=datetime(2026, 1, 1)), {}, "scheduled_after: .* has no timezone"),  # noqa: DTZ001
        (Selection(of="mail.send", attributes={"A": "1"}), {}, "attributes: 'A' is not a name"),
        (Selection(of="mail.send"), {"per_second": 0}, "per_second: 0 is no number above 0"),
        (Selection(of="mail.send"), {"per_second": "fast"}, "per_second: 'fast' is no number"),
        (Selection(of="mail.send"), {"reason": "x" * 1025}, "reason: has 1025 bytes"),
        (Selection(of="mail.send"), {"who": "x" * 257}, "asked_by: has 257 bytes"),
    ],
    ids=str,
)
async def test_an_order_that_means_nothing(
    app: App, frontend: FakeFrontend, chosen: Any, options: Any, place: str
) -> None:
    with pytest.raises(InvalidInput, match=f"^{place}"):
        await app.many.cancel(chosen, **options)
    assert not frontend.sweep_orders
