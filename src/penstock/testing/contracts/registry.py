# ruff: noqa: D103 - the name of an idea is its sentence
"""Namespaces and lambdas have numbers that stay."""

import asyncio
from typing import Any

from penstock.model.policy import DEFAULT_POLICY, LambdaPolicy
from penstock.ports.registry import LambdaRecord, Registration
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import REGISTRY

POLICY = LambdaPolicy(attempts_max=3, timeout_s=0.25, backoff_base_s=0.1, backoff_factor=1.5, backoff_max_s=7.75)


def registration(name: str, **fields: Any) -> Registration:
    """What a worker says."""
    fields = {"version": "1", "policy": POLICY, "signature": b'{"to":"str"}', **fields}
    return Registration(name=name, **fields)


@REGISTRY.idea
async def a_namespace_keeps_its_number(scene: Scene) -> None:
    names = ["blue", "green", "blue", "red", "green"]
    numbers = [await scene.store.registry.namespace(name) for name in names]
    assert numbers[0] == numbers[2]
    assert numbers[1] == numbers[4]
    assert len(set(numbers)) == 3
    assert await scene.store.registry.namespace("scene") == scene.namespace_id


@REGISTRY.idea
async def a_namespace_made_by_many_at_once_has_one_number(scene: Scene) -> None:
    numbers = await asyncio.gather(*(scene.store.registry.namespace("blue") for _ in range(8)))
    assert len(set(numbers)) == 1


@REGISTRY.idea
async def to_look_for_a_name_makes_nothing(scene: Scene) -> None:
    registry = scene.store.registry
    assert await registry.find_namespace("scene") == scene.namespace_id
    assert await registry.find_namespace("nobodys") is None
    assert await registry.find_namespace("nobodys") is None
    lambdas = await registry.all()
    found = await registry.find(scene.namespace_id, ["mail.send", "mail.unheard_of"])
    assert {name: record.id for name, record in found.items()} == {"mail.send": scene.lambda_id}
    assert await registry.find(scene.namespace_id, []) == {}
    assert await registry.all() == lambdas


@REGISTRY.idea
async def a_name_that_only_tasks_have_named_has_a_number_and_no_registration(scene: Scene) -> None:
    records = await scene.store.registry.resolve(scene.namespace_id, ["mail.new", "mail.send", "mail.new"])
    assert set(records) == {"mail.new", "mail.send"}
    new = records["mail.new"]
    assert new == LambdaRecord(new.id, scene.namespace_id, "mail.new", registered=False, policy=DEFAULT_POLICY)
    assert records["mail.send"].id == scene.lambda_id
    assert new.id not in {scene.lambda_id, scene.other_lambda_id}
    assert await scene.store.registry.resolve(scene.namespace_id, ["mail.new"]) == {"mail.new": new}
    assert await scene.store.registry.resolve(scene.namespace_id, []) == {}


@REGISTRY.idea
async def a_registration_is_kept_and_keeps_the_number(scene: Scene) -> None:
    (record,) = await scene.store.registry.register(
        scene.namespace_id, [registration("mail.send", version="2.1", signature=bytes(range(256)))]
    )
    assert record == LambdaRecord(
        scene.lambda_id, scene.namespace_id, "mail.send", True, POLICY, "2.1", bytes(range(256))
    )
    assert await scene.store.registry.resolve(scene.namespace_id, ["mail.send"]) == {"mail.send": record}
    assert record in await scene.store.registry.all()


@REGISTRY.idea
async def the_latest_registration_wins(scene: Scene) -> None:
    (first,) = await scene.store.registry.register(scene.namespace_id, [registration("mail.x", version="1")])
    (second,) = await scene.store.registry.register(
        scene.namespace_id, [registration("mail.x", version="2", policy=DEFAULT_POLICY, signature=b"")]
    )
    assert second.id == first.id
    assert (second.version, second.policy, second.signature) == ("2", DEFAULT_POLICY, b"")
    assert await scene.store.registry.resolve(scene.namespace_id, ["mail.x"]) == {"mail.x": second}


@REGISTRY.idea
async def records_come_in_the_order_of_the_registrations(scene: Scene) -> None:
    names = [f"mail.lambda{number:02d}" for number in (7, 3, 9, 1, 5)]
    records = await scene.store.registry.register(scene.namespace_id, [registration(name) for name in names])
    assert [record.name for record in records] == names
    again = await scene.store.registry.register(scene.namespace_id, [registration(name) for name in reversed(names)])
    assert [record.id for record in again] == [record.id for record in reversed(records)]
    assert await scene.store.registry.register(scene.namespace_id, []) == []


@REGISTRY.idea
async def registering_one_lambda_leaves_the_others(scene: Scene) -> None:
    first = await scene.store.registry.register(scene.namespace_id, [registration("mail.a"), registration("mail.b")])
    await scene.store.registry.register(scene.namespace_id, [registration("mail.a", version="2")])
    assert first[1] in await scene.store.registry.all()


@REGISTRY.idea
async def a_lambda_belongs_to_its_namespace(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    (theirs,) = await scene.store.registry.register(other, [registration("mail.send")])
    mine = (await scene.store.registry.resolve(scene.namespace_id, ["mail.send"]))["mail.send"]
    assert theirs.id != mine.id
    assert (theirs.namespace_id, mine.namespace_id) == (other, scene.namespace_id)
    assert not mine.registered


@REGISTRY.idea
async def all_tells_of_every_lambda_of_every_namespace(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    await scene.store.registry.register(other, [registration("mail.send")])
    told = {(record.namespace_id, record.name, record.registered) for record in await scene.store.registry.all()}
    assert told == {
        (scene.namespace_id, "mail.send", False),
        (scene.namespace_id, "mail.sweep", False),
        (other, "mail.send", True),
    }


@REGISTRY.idea
async def a_name_met_by_many_at_once_has_one_number(scene: Scene) -> None:
    resolving = [scene.store.registry.resolve(scene.namespace_id, ["mail.new"]) for _ in range(4)]
    registering = [scene.store.registry.register(scene.namespace_id, [registration("mail.new")]) for _ in range(4)]
    resolved, registered = await asyncio.gather(asyncio.gather(*resolving), asyncio.gather(*registering))
    numbers = {records["mail.new"].id for records in resolved} | {records[0].id for records in registered}
    assert len(numbers) == 1
    assert (await scene.store.registry.resolve(scene.namespace_id, ["mail.new"]))["mail.new"].registered


@REGISTRY.idea
async def many_workers_that_start_at_once_all_register(scene: Scene) -> None:
    names = [f"mail.lambda{number:02d}" for number in range(20)]
    orders = [names[turn:] + names[:turn] for turn in range(0, 20, 4)]
    answers = await asyncio.gather(
        *(scene.store.registry.register(scene.namespace_id, [registration(name) for name in order]) for order in orders)
    )
    numbers = [{record.name: record.id for record in answer} for answer in answers]
    assert all(each == numbers[0] for each in numbers)
