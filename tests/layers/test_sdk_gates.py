"""Gates as users of the SDK order them."""

from datetime import UTC, datetime, timedelta

import pytest

from penstock import App, Gate, GateChange, GateState, InvalidInput
from penstock.wire.v1 import penstock_pb2 as pb
from tests.layers.sdk_fixtures import Time, app_fixture, frontend_fixture, time_fixture  # noqa: F401 - found by name
from tests.layers.sdk_frontend import FakeFrontend, lose_answer

NOON = datetime(2099, 1, 1, 12, tzinfo=UTC)


async def test_an_order_is_about_a_lambda_or_a_name_and_says_who_gave_it(app: App, frontend: FakeFrontend) -> None:
    @app.task
    async def send(to: str) -> None: ...

    gate = await app.gates.pause(send, "letters", until=NOON, reason="bounces")
    assert gate == Gate(
        "mail.send",
        "letters",
        GateState.PAUSE,
        datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC),
        NOON,
        "bounces",
        gate.who,
        0,
    )
    assert gate.who
    await app.gates.drop("billing.charge", lasting=timedelta(hours=2), who="ada")
    await app.gates.open(send)
    first, second, third = frontend.gate_orders
    assert (getattr(second, "lambda"), second.state, second.for_us, second.who) == (
        "billing.charge",
        pb.GATE_STATE_DROP,
        7_200_000_000,
        "ada",
    )
    assert (third.state, third.until_us, third.for_us) == (pb.GATE_STATE_OPEN, 0, 0)
    assert len({order.request_token for order in (first, second, third)}) == 3


def test_without_a_loop_it_is_the_same(app: App, frontend: FakeFrontend) -> None:
    assert app.gates.pause_sync("mail.send").state is GateState.PAUSE
    assert app.gates.drop_sync("mail.send").state is GateState.DROP
    assert app.gates.open_sync("mail.send").state is GateState.OPEN
    [gate] = app.gates.list_sync()
    assert (gate.state, gate.held, gate.until) == (GateState.DROP, 7, None)
    [change] = app.gates.history_sync("mail.send", "", limit=5)
    assert change == GateChange(datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC), "", "", GateState.OPEN, None, "", "ada")
    _, asked = frontend.gate_questions
    assert isinstance(asked, pb.GateHistoryRequest)
    assert (getattr(asked, "lambda"), asked.HasField("collection"), asked.limit) == ("mail.send", True, 5)


async def test_a_lost_answer_orders_nothing_twice(app: App, frontend: FakeFrontend) -> None:
    frontend.after.append(lose_answer)
    await app.gates.pause("mail.send", lasting=60)
    first, second = frontend.gate_orders
    assert first == second


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("lambda", {"of": "mail"}),
        ("collection", {"collection": "c" * 257}),
        ("until", {"until": datetime(2099, 1, 1)}),  # noqa: DTZ001 - that is what is wrong with it
        ("lasting", {"lasting": 0}),
        ("lasting", {"lasting": -1}),
        ("lasting", {"lasting": float("nan")}),
        ("lasting", {"lasting": timedelta(days=400)}),
        ("lasting", {"lasting": 1, "until": NOON}),
        ("reason", {"reason": "r" * 1_025}),
        ("who", {"who": "w" * 257}),
    ],
)
async def test_a_wrong_order_is_refused_where_it_is_written(
    app: App, frontend: FakeFrontend, field: str, options: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        await app.gates.pause(**{"of": "mail.send", **options})  # type: ignore[arg-type]
    assert caught.value.field == field
    assert frontend.gate_orders == []


async def test_a_wrong_question_is_refused(app: App) -> None:
    for limit in (0, 1_001):
        with pytest.raises(InvalidInput, match="limit"):
            await app.gates.history(limit=limit)
