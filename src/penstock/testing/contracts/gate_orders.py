# ruff: noqa: D103 - the name of an idea is its sentence
"""Orders about gates, and their trail."""

from penstock.model.errors import InvalidInput
from penstock.model.gate import GateOrder
from penstock.model.lifecycle import GateState
from penstock.testing.contracts.gate_settling import hold
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import GATES

SECOND_US = 1_000_000
PAUSE, DROP, OPEN = GateState.PAUSE, GateState.DROP, GateState.OPEN


@GATES.idea
async def an_order_answers_how_the_gate_stands(scene: Scene) -> None:
    async with scene.span() as span:
        gate = await scene.gate(PAUSE, "letters", for_us=60 * SECOND_US, reason="too ä many", who="ada@host")
    assert (gate.lambda_id, gate.lambda_name, gate.collection) == (scene.lambda_id, "mail.send", "letters")
    assert (gate.state, gate.reason, gate.who) == (PAUSE, "too ä many", "ada@host")
    assert span.covers(gate.since_us)
    assert gate.until_us == gate.since_us + 60 * SECOND_US
    until_us = await scene.now_us() + 90 * SECOND_US
    assert (await scene.gate(DROP, "letters", until_us=until_us)).until_us == until_us


@GATES.idea
async def the_version_rises_with_every_change(scene: Scene) -> None:
    versions = [(await scene.store.gates.shut()).version]
    for state, collection in ((PAUSE, ""), (DROP, ""), (PAUSE, "letters"), (OPEN, "")):
        versions.append((await scene.gate(state, collection)).version)
        assert (await scene.store.gates.shut()).version == versions[-1]
    assert versions == sorted(set(versions))


@GATES.idea
async def opening_what_is_open_changes_nothing(scene: Scene) -> None:
    before = await scene.store.gates.shut()
    gate = await scene.gate(OPEN, "letters", reason="why not")
    assert (gate.state, gate.version) == (OPEN, 0)
    assert await scene.store.gates.shut() == before
    assert await scene.store.gates.trail(scene.namespace_id, "", None, 0, 9) == []


@GATES.idea
async def an_order_that_is_repeated_with_its_token_changes_nothing(scene: Scene) -> None:
    first = await scene.gate(PAUSE, for_us=60 * SECOND_US, token=b"t" * 16)
    await scene.advance(1)
    assert await scene.gate(PAUSE, for_us=60 * SECOND_US, token=b"t" * 16) == first
    again = await scene.gate(PAUSE, for_us=60 * SECOND_US, token=b"u" * 16)
    assert again.version > first.version
    assert again.until_us > first.until_us


@GATES.idea
async def an_order_that_comes_again_late_changes_nothing(scene: Scene) -> None:
    await scene.gate(PAUSE, token=b"t" * 16)
    opened = await scene.gate(OPEN, token=b"u" * 16)
    assert await scene.gate(PAUSE, token=b"t" * 16) == opened
    await scene.gate(OPEN, "letters", token=b"v" * 16)
    closed = await scene.gate(PAUSE, "letters")
    assert await scene.gate(OPEN, "letters", token=b"v" * 16) == closed, "also when it had changed nothing"


@GATES.idea
async def a_token_that_was_used_for_something_else_is_refused(scene: Scene) -> None:
    await scene.gate(PAUSE, token=b"t" * 16)
    await scene.store.admission.admit([scene.request([scene.task()], b"s" * 16, b"content")], {})
    for state, token in ((DROP, b"t" * 16), (PAUSE, b"s" * 16)):
        async with scene.nothing_changes():
            try:
                await scene.gate(state, "letters", token=token)
            except InvalidInput:
                continue
            raise AssertionError("it was taken")
    assert len(await scene.store.gates.trail(scene.namespace_id, "", None, 0, 9)) == 1


@GATES.idea
async def standing_gates_are_told_by_namespace_and_lambda_with_what_they_hold(scene: Scene) -> None:
    await scene.gate(PAUSE, "letters")
    await scene.gate(DROP, "bills")
    await scene.gate(PAUSE, "old")
    await scene.gate(OPEN, "old")
    await scene.gate(PAUSE, "short", for_us=1)
    await scene.store.gates.order(GateOrder(scene.namespace_id, scene.other_lambda_id, "", PAUSE))
    await hold(scene, 3, "letters")
    told = await scene.store.gates.standing(scene.namespace_id, "")
    assert [(gate.lambda_name, gate.collection, gate.state, gate.held) for gate in told] == [
        ("mail.send", "bills", DROP, 0),
        ("mail.send", "letters", PAUSE, 3),
        ("mail.sweep", "", PAUSE, 0),
    ]
    assert [gate.lambda_name for gate in await scene.store.gates.standing(scene.namespace_id, "mail.sweep")] == [
        "mail.sweep"
    ]
    other = await scene.store.registry.namespace("other")
    assert await scene.store.gates.standing(other, "") == []
    assert (await scene.store.gates.shut()).shut == {
        (scene.lambda_id, "letters"),
        (scene.lambda_id, "bills"),
        (scene.other_lambda_id, ""),
    }


@GATES.idea
async def the_trail_keeps_every_order_the_latest_first(scene: Scene) -> None:
    for state, collection, who in ((PAUSE, "", "ada"), (PAUSE, "letters", "bob"), (DROP, "letters", "ada")):
        await scene.gate(state, collection, who=who, reason=f"{who} says so")
    await scene.gate(OPEN)
    lines = await scene.store.gates.trail(scene.namespace_id, "mail.send", None, 0, 9)
    assert [(line.state, line.collection, line.who) for line in lines] == [
        (OPEN, "", ""),
        (DROP, "letters", "ada"),
        (PAUSE, "letters", "bob"),
        (PAUSE, "", "ada"),
    ]
    page = await scene.store.gates.trail(scene.namespace_id, "", "letters", lines[1].version, 1)
    assert page == [lines[2]]
    assert await scene.store.gates.trail(await scene.store.registry.namespace("other"), "", None, 0, 9) == []
    assert await scene.store.gates.trail(scene.namespace_id, "mail.sweep", None, 0, 9) == []
