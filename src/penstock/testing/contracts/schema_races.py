# ruff: noqa: D103 - the name of an idea is its sentence
"""Many at the same moment: each is judged by what stands when its turn comes."""

import asyncio

from penstock.model.schema import SchemaContent, SchemaVersion
from penstock.model.schema_errors import InvalidSchema, SchemaInUse
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.schema_scene import ORDERS, STRING, deleted, record, registered, to
from penstock.testing.contracts.store_suites import SCHEMAS


@SCHEMAS.idea
async def who_registers_the_same_at_the_same_moment_gets_the_same(scene: Scene) -> None:
    register = scene.store.schemas.register
    answers = await asyncio.gather(*(register(scene.namespace_id, ORDERS, STRING, 0) for _ in range(8)))
    assert answers == [answers[0]] * 8
    assert answers[0] is not None
    assert (answers[0].number, answers[0].schema_id) == (1, 1)


@SCHEMAS.idea
async def who_registers_the_same_under_many_subjects_gets_one_id(scene: Scene) -> None:
    register = scene.store.schemas.register
    answers = await asyncio.gather(*(register(scene.namespace_id, f"s{at}", STRING, 0) for at in range(8)))
    assert {(each.number, each.schema_id) for each in answers if each} == {(1, 1)}
    assert None not in answers
    assert (await registered(scene, record("next"))).schema_id == 2


@SCHEMAS.idea
async def who_registers_others_at_the_same_moment_gets_one_version_each(scene: Scene) -> None:
    async def judged_again(content: SchemaContent) -> tuple[SchemaVersion, int]:
        judged = 0
        while True:
            seen = (await scene.store.schemas.subject(scene.namespace_id, ORDERS)).edition
            judged += 1
            version = await scene.store.schemas.register(scene.namespace_id, ORDERS, content, seen)
            if version is not None:
                return version, judged

    ends = await asyncio.gather(*(judged_again(record(f"r{at}")) for at in range(6)), return_exceptions=True)
    answers = [each for each in ends if not isinstance(each, BaseException)]
    assert sorted(version.number for version, _ in answers) == [1, 2, 3, 4, 5, 6]
    assert sorted(version.schema_id for version, _ in answers) == [1, 2, 3, 4, 5, 6]
    assert max(judged for _, judged in answers) > 1, "nobody is stored by what others have changed"


@SCHEMAS.idea
async def a_reference_and_a_deletion_at_the_same_moment_never_both_hold(scene: Scene) -> None:
    for turn in range(4):
        name = f"named{turn}"
        await registered(scene, STRING, name)
        seen = await _seen(scene)
        ends = await asyncio.gather(
            scene.store.schemas.register(scene.namespace_id, ORDERS, record(name, to(name, 1)), seen),
            deleted(scene, 1, name),
            return_exceptions=True,
        )
        refused = [each for each in ends if isinstance(each, BaseException)]
        assert len(refused) == 1, ends
        assert isinstance(refused[0], InvalidSchema | SchemaInUse)


async def _seen(scene: Scene) -> int:
    return (await scene.store.schemas.subject(scene.namespace_id, ORDERS)).edition
