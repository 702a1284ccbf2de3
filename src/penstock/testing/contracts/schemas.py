# ruff: noqa: D103 - the name of an idea is its sentence
"""Schemas: one id for equal content, one number for each version, and what is said of subjects."""

import pytest
from msgspec import structs

from penstock.model.errors import LimitExceeded
from penstock.model.limits import SCHEMA_VERSIONS_MAX
from penstock.model.schema import (
    WHOLE_NAMESPACE,
    Compatibility,
    SchemaContent,
    SchemaMode,
    SchemaPlace,
    SchemaRules,
    SchemaSubject,
    SchemaType,
    SchemaVersion,
    StoredSchema,
)
from penstock.model.schema_changes import next_version
from penstock.model.schema_errors import InvalidSchema, SchemasReadOnly
from penstock.ports.schemas import Which
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.schema_scene import LONG, ORDERS, STRING, deleted, record, registered, to
from penstock.testing.contracts.store_suites import SCHEMAS


@SCHEMAS.idea
async def a_subject_has_its_versions_in_order(scene: Scene) -> None:
    first, second = await registered(scene, STRING), await registered(scene, LONG)
    assert (first.number, second.number) == (1, 2)
    subject = await scene.store.schemas.subject(scene.namespace_id, ORDERS)
    assert subject.versions == (first, second)
    assert (subject.latest, subject.last_version) == (second, 2)
    assert await scene.store.schemas.subject(scene.namespace_id, "nobodys") == SchemaSubject("nobodys")


@SCHEMAS.idea
async def ids_are_dense_and_equal_content_has_one(scene: Scene) -> None:
    versions = [await registered(scene, each) for each in (STRING, LONG, record("a"))]
    assert [each.schema_id for each in versions] == [1, 2, 3]
    again = await registered(scene, LONG, "orders-key")
    assert (again.number, again.schema_id, again.guid) == (1, 2, LONG.guid)
    blanks = await registered(scene, structs.replace(record("a"), text=record("a").text.replace(":", " : ")), "b")
    assert blanks.schema_id == 3, "blanks in JSON say nothing"
    assert (await registered(scene, record("b"))).schema_id == 4


@SCHEMAS.idea
async def registering_what_stands_changes_nothing(scene: Scene) -> None:
    first = await registered(scene, STRING)
    await registered(scene, LONG)
    before = await scene.store.schemas.subject(scene.namespace_id, ORDERS)
    assert await scene.store.schemas.register(scene.namespace_id, ORDERS, STRING, seen=0) == first
    assert await scene.store.schemas.subject(scene.namespace_id, ORDERS) == before


@SCHEMAS.idea
async def who_judged_by_what_has_changed_is_told_so(scene: Scene) -> None:
    await registered(scene, STRING)
    seen = (await scene.store.schemas.subject(scene.namespace_id, ORDERS)).edition
    await registered(scene, LONG)
    assert await scene.store.schemas.register(scene.namespace_id, ORDERS, record("a"), seen) is None
    assert len((await scene.store.schemas.subject(scene.namespace_id, ORDERS)).versions) == 2
    assert (await registered(scene, record("a"))).schema_id == 3, "what was refused took no id"


@SCHEMAS.idea
async def a_schema_is_read_as_it_was_given(scene: Scene) -> None:
    await registered(scene, STRING, "a/b c%2F")
    whole = SchemaContent(
        SchemaType.PROTOBUF,
        'syntax = "proto3"; // ünï\n',
        (to("a/b c%2F", 1, "z.proto"), to("a/b c%2F", 1, "a.proto")),
        '{"properties":{"owner":"ada"}}',
        '{"domainRules":[]}',
    )
    version = await registered(scene, whole)
    stored = StoredSchema(version.schema_id, whole, whole.guid)
    assert await scene.store.schemas.by_id(scene.namespace_id, version.schema_id) == stored
    assert await scene.store.schemas.by_guid(scene.namespace_id, whole.guid) == stored
    assert await scene.store.schemas.by_id(scene.namespace_id, 99) is None
    assert await scene.store.schemas.by_guid(scene.namespace_id, LONG.guid) is None


@SCHEMAS.idea
async def all_that_is_said_makes_a_schema_another(scene: Scene) -> None:
    await registered(scene, STRING, "other")
    contents = (
        STRING,
        structs.replace(STRING, type=SchemaType.JSON),
        structs.replace(STRING, references=(to("other", 1),)),
        structs.replace(STRING, references=(to("other", 1, "name"),)),
        structs.replace(STRING, metadata='{"properties":{}}'),
        structs.replace(STRING, rules='{"properties":{}}'),
    )
    assert len({(await registered(scene, each)).schema_id for each in contents}) == len(contents)
    assert len({each.guid for each in contents}) == len(contents)


@SCHEMAS.idea
async def a_reference_must_lead_to_a_live_version(scene: Scene) -> None:
    await registered(scene, STRING, "other")
    for wrong in (to("other", 2), to("nobodys", 1)):
        with pytest.raises(InvalidSchema, match=wrong.subject):
            await registered(scene, record("a", to("other", 1), wrong))
    assert (await scene.store.schemas.subject(scene.namespace_id, ORDERS)).versions == ()
    await deleted(scene, 1, "other")
    with pytest.raises(InvalidSchema, match="does not stand"):
        await registered(scene, record("a", to("other", 1)))


@SCHEMAS.idea
async def it_is_known_where_a_schema_stands_and_who_refers_to_it(scene: Scene) -> None:
    string = await registered(scene, STRING)
    await registered(scene, STRING, "b")
    await registered(scene, STRING, "a")
    await deleted(scene, 1, "a")
    places = scene.store.schemas.places
    assert await places(scene.namespace_id, string.schema_id, 9) == [
        SchemaPlace("a", 1, is_deleted=True),
        SchemaPlace("b", 1),
        SchemaPlace(ORDERS, 1),
    ]
    assert len(await places(scene.namespace_id, string.schema_id, 2)) == 2
    referring = [await registered(scene, record(name, to(ORDERS, 1)), "refers") for name in "ab"]
    assert await scene.store.schemas.referring(scene.namespace_id, ORDERS, 1) == [each.schema_id for each in referring]
    assert await scene.store.schemas.referring(scene.namespace_id, ORDERS, 2) == []


@SCHEMAS.idea
async def subjects_are_listed_by_name(scene: Scene) -> None:
    for name in ("b", "a_1", "a%", "A", "ä"):
        await registered(scene, STRING, name)
    await deleted(scene, None, "b")

    async def listed(prefix: str = "", which: Which = Which.LIVE, offset: int = 0, limit: int = 99) -> list[str]:
        return await scene.store.schemas.subjects(scene.namespace_id, prefix, which, offset, limit)

    assert await listed() == ["A", "a%", "a_1", "ä"]
    assert await listed("a") == ["a%", "a_1"]
    assert await listed("a%") == ["a%"]
    assert await listed(offset=1, limit=2) == ["a%", "a_1"]
    assert await listed(which=Which.ALL) == ["A", "a%", "a_1", "b", "ä"]
    assert await listed(which=Which.DELETED) == ["b"]
    await deleted(scene, None, "b", permanent=True)
    assert await listed(which=Which.ALL) == ["A", "a%", "a_1", "ä"]


@SCHEMAS.idea
async def what_is_said_of_a_subject_is_kept_beside_what_is_said_of_all(scene: Scene) -> None:
    schemas, nothing = scene.store.schemas, SchemaRules()
    assert await schemas.rules(scene.namespace_id, ORDERS) == (nothing, nothing)
    full = SchemaRules(Compatibility.FULL_TRANSITIVE)
    readonly = SchemaRules(Compatibility.NONE, SchemaMode.READONLY)
    await schemas.say_compatibility(scene.namespace_id, ORDERS, Compatibility.FULL_TRANSITIVE)
    await schemas.say_compatibility(scene.namespace_id, WHOLE_NAMESPACE, Compatibility.NONE)
    await schemas.say_mode(scene.namespace_id, WHOLE_NAMESPACE, SchemaMode.READONLY)
    assert await schemas.rules(scene.namespace_id, ORDERS) == (full, readonly)
    assert await schemas.rules(scene.namespace_id, WHOLE_NAMESPACE) == (readonly, readonly)
    await schemas.say_compatibility(scene.namespace_id, ORDERS, None)
    assert await schemas.rules(scene.namespace_id, ORDERS) == (nothing, readonly)


@SCHEMAS.idea
async def what_is_read_only_takes_nothing_new(scene: Scene) -> None:
    first = await registered(scene, STRING)
    say_mode = scene.store.schemas.say_mode
    for subject in (ORDERS, WHOLE_NAMESPACE):
        await say_mode(scene.namespace_id, subject, SchemaMode.READONLY)
        with pytest.raises(SchemasReadOnly):
            await registered(scene, LONG)
        with pytest.raises(SchemasReadOnly):
            await deleted(scene, 1)
        assert await registered(scene, STRING) == first
        await say_mode(scene.namespace_id, subject, None)
    await say_mode(scene.namespace_id, WHOLE_NAMESPACE, SchemaMode.READONLY)
    await say_mode(scene.namespace_id, ORDERS, SchemaMode.READWRITE)
    assert (await registered(scene, LONG)).number == 2, "what is said of a subject counts before what is said of all"


@SCHEMAS.idea
async def nothing_of_one_namespace_is_seen_in_another(scene: Scene) -> None:
    schemas, other = scene.store.schemas, await scene.store.registry.namespace("other")
    own = await registered(scene, STRING)
    await registered(scene, record("a", to(ORDERS, 1)), "refers")
    await schemas.say_compatibility(scene.namespace_id, ORDERS, Compatibility.NONE)
    assert await schemas.subject(other, ORDERS) == SchemaSubject(ORDERS)
    assert await schemas.subjects(other, "", Which.ALL, 0, 9) == []
    assert await schemas.by_id(other, own.schema_id) is None
    assert await schemas.by_guid(other, own.guid) is None
    assert await schemas.places(other, own.schema_id, 9) == []
    assert await schemas.referring(other, ORDERS, 1) == []
    assert await schemas.rules(other, ORDERS) == (SchemaRules(), SchemaRules())
    with pytest.raises(InvalidSchema):
        await registered(scene, record("b", to(ORDERS, 1)), namespace_id=other)
    foreign = await registered(scene, STRING, namespace_id=other)
    assert (foreign.number, foreign.schema_id, foreign.guid) == (1, 3, own.guid), "an id is that of one namespace"
    assert await schemas.places(scene.namespace_id, own.schema_id, 9) == [SchemaPlace(ORDERS, 1)]


@SCHEMAS.idea
async def a_subject_has_so_many_versions_and_no_more(_scene: Scene) -> None:
    full = tuple(SchemaVersion(at, at, STRING.guid) for at in range(1, SCHEMA_VERSIONS_MAX + 1))
    with pytest.raises(LimitExceeded, match="for good"):
        next_version(SchemaSubject(ORDERS, 1, SCHEMA_VERSIONS_MAX, full))
    assert next_version(SchemaSubject(ORDERS, 1, SCHEMA_VERSIONS_MAX, full[1:])) == SCHEMA_VERSIONS_MAX + 1
