# ruff: noqa: D103 - the name of an idea is its sentence
"""Deletions of schemas: softly first, for good then, and never of what others refer to."""

import pytest

from penstock.model.schema import Compatibility, SchemaRules
from penstock.model.schema_errors import (
    NoSubject,
    NoVersion,
    SchemaInUse,
    SubjectDeleted,
    SubjectNotDeleted,
    VersionDeleted,
    VersionNotDeleted,
)
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.schema_scene import LONG, ORDERS, STRING, deleted, record, registered, to
from penstock.testing.contracts.store_suites import SCHEMAS


@SCHEMAS.idea
async def what_is_deleted_softly_can_be_read_and_comes_back_as_a_new_version(scene: Scene) -> None:
    first = await registered(scene, STRING)
    await registered(scene, LONG)
    assert await deleted(scene, 1) == [1]
    subject = await scene.store.schemas.subject(scene.namespace_id, ORDERS)
    assert [(each.number, each.is_deleted) for each in subject.versions] == [(1, True), (2, False)]
    assert await scene.store.schemas.by_id(scene.namespace_id, first.schema_id) is not None
    back = await registered(scene, STRING)
    assert (back.number, back.schema_id) == (3, first.schema_id)


@SCHEMAS.idea
async def a_deletion_changes_the_edition(scene: Scene) -> None:
    await registered(scene, STRING)
    await registered(scene, LONG)
    for permanent in (False, True):
        seen = (await scene.store.schemas.subject(scene.namespace_id, ORDERS)).edition
        await deleted(scene, 1, permanent=permanent)
        assert await scene.store.schemas.register(scene.namespace_id, ORDERS, record("a"), seen) is None


@SCHEMAS.idea
async def a_schema_goes_for_good_with_its_last_version(scene: Scene) -> None:
    string, long = await registered(scene, STRING), await registered(scene, LONG)
    await registered(scene, LONG, "other")
    await scene.store.schemas.say_compatibility(scene.namespace_id, ORDERS, Compatibility.NONE)
    assert await deleted(scene) == [1, 2]
    assert await deleted(scene, permanent=True) == [1, 2]
    assert (await scene.store.schemas.subject(scene.namespace_id, ORDERS)).versions == ()
    assert await scene.store.schemas.by_id(scene.namespace_id, string.schema_id) is None
    assert await scene.store.schemas.by_guid(scene.namespace_id, string.guid) is None
    assert await scene.store.schemas.by_id(scene.namespace_id, long.schema_id) is not None, "it stands elsewhere"
    assert (await scene.store.schemas.rules(scene.namespace_id, ORDERS))[0] == SchemaRules()
    back = await registered(scene, STRING)
    assert (back.number, back.schema_id) == (3, 3), "no number is given twice"


@SCHEMAS.idea
async def one_version_goes_for_good_and_the_others_stay(scene: Scene) -> None:
    await registered(scene, STRING)
    long = await registered(scene, LONG)
    await scene.store.schemas.say_compatibility(scene.namespace_id, ORDERS, Compatibility.NONE)
    await deleted(scene, 1)
    assert await deleted(scene, 1, permanent=True) == [1]
    assert (await scene.store.schemas.subject(scene.namespace_id, ORDERS)).versions == (long,)
    assert (await scene.store.schemas.rules(scene.namespace_id, ORDERS))[0].compatibility is Compatibility.NONE


@SCHEMAS.idea
async def a_deletion_out_of_turn_is_refused(scene: Scene) -> None:
    for number in (None, 1):
        with pytest.raises(NoSubject):
            await deleted(scene, number)
    await registered(scene, STRING)
    await registered(scene, LONG)
    with pytest.raises(NoVersion):
        await deleted(scene, 3)
    with pytest.raises(VersionNotDeleted):
        await deleted(scene, 1, permanent=True)
    with pytest.raises(SubjectNotDeleted):
        await deleted(scene, permanent=True)
    await deleted(scene, 1)
    with pytest.raises(VersionDeleted):
        await deleted(scene, 1)
    assert await deleted(scene) == [2]
    with pytest.raises(SubjectDeleted):
        await deleted(scene)


@SCHEMAS.idea
async def what_others_refer_to_stays(scene: Scene) -> None:
    await registered(scene, STRING)
    user = await registered(scene, record("user", to(ORDERS, 1)), "user")
    for number in (1, None):
        with pytest.raises(SchemaInUse, match=str(user.schema_id)):
            await deleted(scene, number)
    await deleted(scene, 1, "user")
    assert await scene.store.schemas.referring(scene.namespace_id, ORDERS, 1) == []
    await deleted(scene, 1)
    for number in (1, None):
        with pytest.raises(SchemaInUse, match=str(user.schema_id)):
            await deleted(scene, number, permanent=True)
    await deleted(scene, 1, "user", permanent=True)
    assert await deleted(scene, permanent=True) == [1]
