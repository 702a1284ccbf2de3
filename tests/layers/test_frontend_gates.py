"""Orders about gates at the door."""

import asyncio

import pytest

from penstock.frontend.calls import GateCall, TrailCall
from penstock.model.errors import InvalidInput, NotFound
from penstock.model.lifecycle import GateState, Status
from penstock.model.limits import ACTOR_BYTES_MAX, COLLECTION_BYTES_MAX, GATE_S_MAX, REASON_BYTES_MAX
from penstock.ports.signals import Topic
from tests.layers.frontend_bench import FrontendBench, on_bench

PAUSE, DROP, OPEN = GateState.PAUSE, GateState.DROP, GateState.OPEN
DAY_US = 86_400_000_000


@on_bench
async def test_an_order_stands_when_it_is_answered_and_everybody_is_told(bench: FrontendBench) -> None:
    gate = await bench.gates.order(GateCall("", "mail.send", PAUSE, "letters", for_us=DAY_US, reason="why", who="ada"))
    assert (gate.lambda_name, gate.collection, gate.state, gate.who) == ("mail.send", "letters", PAUSE, "ada")
    assert gate.until_us == gate.since_us + DAY_US
    await asyncio.sleep(0.01)
    assert bench.said[Topic.GATES] == [b""]
    assert await bench.gates.standing("", "mail.send") == [gate]
    [line] = await bench.gates.trail(TrailCall("", "mail.send"))
    assert (line.version, line.who, line.reason) == (gate.version, "ada", "why")


@on_bench
async def test_nobody_is_sent_what_a_gate_holds(bench: FrontendBench) -> None:
    await bench.gates.order(GateCall("", "mail.send", PAUSE, "letters"))
    [held] = (await bench.schedule(b"{}", collection="letters")).ids
    assert bench.row(held).status is Status.HELD
    [free] = (await bench.schedule(b"{}")).ids
    await asyncio.sleep(0.01)
    assert bench.published == [free]
    assert bench.said[Topic.DUE] == []


@on_bench
async def test_a_lambda_that_has_tasks_and_no_worker_can_be_gated_and_one_that_nobody_named_cannot(
    bench: FrontendBench,
) -> None:
    await bench.schedule(b"{}", name="mail.later")
    assert (await bench.gates.order(GateCall("", "mail.later", PAUSE))).state is PAUSE
    for namespace, name in (("", "mail.nobodys"), ("elsewhere", "mail.send")):
        with pytest.raises(NotFound, match="no worker has registered it"):
            await bench.gates.order(GateCall(namespace, name, PAUSE))
    assert "mail.nobodys" not in {record.name for record in await bench.store.registry.all()}
    assert await bench.store.registry.find_namespace("elsewhere") is None
    assert await bench.gates.standing("elsewhere") == []


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("lambda", {"lambda_name": "mail"}),
        ("lambda", {"lambda_name": "mail.send email"}),
        ("state", {"state": 0}),
        ("state", {"state": 4}),
        ("collection", {"collection": "x" * (COLLECTION_BYTES_MAX + 1)}),
        ("collection", {"collection": "a\0b"}),
        ("reason", {"reason": "x" * (REASON_BYTES_MAX + 1)}),
        ("who", {"who": "x" * (ACTOR_BYTES_MAX + 1)}),
        ("request_token", {"request_token": b"short"}),
        ("for_us", {"for_us": -1}),
        ("for_us", {"for_us": GATE_S_MAX * 1_000_000 + 1}),
        ("for_us", {"for_us": 1, "until_us": 2**62}),
        ("until_us", {"until_us": 1}),
        ("until_us", {"until_us": -1}),
        ("until_us", {"until_us": 2**62}),
        ("until_us", {"state": OPEN, "until_us": 2**62}),
        ("until_us", {"state": OPEN, "for_us": 5}),
    ],
)
def test_a_wrong_order_names_its_field_and_changes_nothing(field: str, call: dict[str, object]) -> None:
    @on_bench
    async def refused(bench: FrontendBench) -> None:
        wanted: dict[str, object] = {"namespace": "", "lambda_name": "mail.send", "state": PAUSE, **call}
        with pytest.raises(InvalidInput) as caught:
            await bench.gates.order(GateCall(**wanted))  # type: ignore[arg-type]
        assert caught.value.field == field
        assert await bench.gates.trail(TrailCall("")) == []

    refused()


@on_bench
async def test_a_wrong_question_is_refused(bench: FrontendBench) -> None:
    for call in (TrailCall("", "mail"), TrailCall("", limit=1_001), TrailCall("", before_version=2**64 - 1)):
        with pytest.raises(InvalidInput):
            await bench.gates.trail(call)
    with pytest.raises(InvalidInput):
        await bench.gates.standing("", "mail")
