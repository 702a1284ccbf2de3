# ruff: noqa: D103 - the name of an idea is its sentence
"""Associations: which subject a resource of another system uses, and for what."""

from msgspec import structs

from penstock.model.schema import Association
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import SCHEMAS

VALUE = Association("id-1", "topic", "value", "orders", "cluster-1", "orders-v", "STRONG", is_frozen=True)
KEY = Association("id-1", "topic", "key", "orders", "cluster-1", "orders-k", "WEAK")
OTHER = Association("id-2", "topic", "value", "orders", "cluster-2", "others-v")


@SCHEMAS.idea
async def associations_are_found_by_the_name_of_their_resource(scene: Scene) -> None:
    schemas, other = scene.store.schemas, await scene.store.registry.namespace("other")
    await schemas.associate(scene.namespace_id, [VALUE, KEY])
    await schemas.associate(scene.namespace_id, [OTHER])
    assert await schemas.associations(scene.namespace_id, "-", "orders", 9) == [KEY, VALUE, OTHER]
    assert await schemas.associations(scene.namespace_id, "-", "orders", 2) == [KEY, VALUE]
    assert await schemas.associations(scene.namespace_id, "cluster-2", "orders", 9) == [OTHER]
    assert await schemas.associations(scene.namespace_id, "-", "order", 9) == []
    assert await schemas.associations(other, "-", "orders", 9) == []


@SCHEMAS.idea
async def an_association_takes_the_place_of_the_one_before_and_goes_when_told(scene: Scene) -> None:
    schemas = scene.store.schemas
    await schemas.associate(scene.namespace_id, [VALUE, KEY])
    changed = structs.replace(VALUE, subject="orders-v2")
    await schemas.associate(scene.namespace_id, [changed])
    assert await schemas.associations(scene.namespace_id, "-", "orders", 9) == [KEY, changed]
    assert await schemas.dissociate(scene.namespace_id, "id-1", "queue", []) == []
    assert await schemas.dissociate(scene.namespace_id, "id-1", "topic", ["value"]) == [changed]
    assert await schemas.dissociate(scene.namespace_id, "id-1", "", []) == [KEY]
    assert await schemas.associations(scene.namespace_id, "-", "orders", 9) == []
