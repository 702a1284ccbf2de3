"""The registry's desks: what may follow what, what is refused, and what is known while the store is away."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from penstock.frontend.schema_calls import EVERY_VERSION, LATEST
from penstock.model.errors import InvalidInput, LimitExceeded, Unavailable
from penstock.model.limits import (
    SCHEMA_BYTES_MAX,
    SCHEMA_REFERENCE_DEPTH_MAX,
    SCHEMA_REFERENCES_MAX,
    SCHEMA_SUBJECT_BYTES_MAX,
)
from penstock.model.schema import Association, Compatibility, SchemaReference
from penstock.model.schema_errors import InvalidSchema, NoRule, NoSchema, NoSubject, NoVersion, SchemaIncompatible
from tests.layers.plain_schemas import plain
from tests.layers.schema_bench import ORDERS, SchemaBench, call, on_schemas

A, B, C = "a", "b", "c"
FULL = plain(C, A, B)


async def level(bench: SchemaBench, said: str, subject: str = ORDERS) -> None:
    await bench.desks.rules.say("", subject, said, None)


@on_schemas
async def test_a_new_version_must_read_what_the_latest_wrote(bench: SchemaBench) -> None:
    await bench.register(plain(A))
    with pytest.raises(SchemaIncompatible, match=r"BACKWARD.*version 1: .*b does not know a"):
        await bench.register(plain(B))
    assert (await bench.register(plain(B, A))).version.number == 2
    assert (await bench.register(plain(C, B))).version.number == 3, "the latest alone counts"


@pytest.mark.parametrize(
    ("said", "good", "bad"),
    [
        ("BACKWARD", plain(C, B), plain(C, A)),
        ("BACKWARD_TRANSITIVE", plain(C, A, B), plain(C, B)),
        ("FORWARD", plain(B), plain(C, A, B)),
        ("FORWARD_TRANSITIVE", plain(A), plain(C, A, B)),
        ("FULL", plain(B), plain(C, B)),
        ("FULL_TRANSITIVE", plain(A, B), plain(B)),
    ],
    ids=["BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"],
)
def test_each_level_compares_in_its_own_way(said: str, good: str, bad: str) -> None:
    """`a` is read by nobody but itself and by `b`; `b` reads both."""

    @on_schemas
    async def test(bench: SchemaBench) -> None:
        await bench.register(plain(A))
        await bench.register(plain(B, A))
        await level(bench, said)
        for text, expected in ((good + " ", True), (bad, False)):
            verdict = await bench.desks.schemas.check(call(text))
            assert verdict.is_compatible is expected, (text, verdict)
            assert verdict.level is Compatibility(said)

    test()


@on_schemas
async def test_at_none_whatever_is_a_schema_may_follow(bench: SchemaBench) -> None:
    await level(bench, "NONE")
    await bench.register(plain(A))
    assert (await bench.register(plain(B))).version.number == 2
    with pytest.raises(InvalidSchema, match="no JSON"):
        await bench.register("{")


@on_schemas
async def test_what_is_said_of_all_counts_where_nothing_else_is_said(bench: SchemaBench) -> None:
    await bench.register(plain(A))
    await level(bench, "none", "")
    await bench.register(plain(B))
    await level(bench, "FULL")
    with pytest.raises(SchemaIncompatible, match="FULL"):
        await bench.register(plain(C))
    assert await bench.desks.rules.clear_compatibility("", ORDERS) is Compatibility.FULL
    await bench.register(plain(C))
    with pytest.raises(NoRule):
        await bench.desks.rules.clear_compatibility("", ORDERS)


@on_schemas
async def test_one_version_or_the_latest_can_be_asked_for(bench: SchemaBench) -> None:
    check = bench.desks.schemas.check
    assert (await check(call(plain(A)), LATEST)).is_compatible, "nothing stands before it"
    with pytest.raises(NoSubject):
        await check(call(plain(A)), 1)
    await bench.register(plain(A))
    await bench.register(plain(B, A))
    assert not (await check(call(plain(C, B)), 1)).is_compatible
    assert (await check(call(plain(C, B)), 2)).is_compatible
    assert (await check(call(plain(C, B)), LATEST)).is_compatible
    assert (await check(call(plain(C, B)), EVERY_VERSION)).is_compatible
    with pytest.raises(NoVersion):
        await check(call(plain(C)), 3)
    assert len((await bench.desks.look.subject("", ORDERS)).versions) == 2, "a question makes nothing"


@on_schemas
async def test_another_language_cannot_follow(bench: SchemaBench) -> None:
    await bench.register(plain(A))
    with pytest.raises(SchemaIncompatible, match="version 1 is AVRO, and this one JSON"):
        await bench.register(plain(A), type="JSON")
    with pytest.raises(InvalidSchema, match=r"PROTOBUF cannot be read by this server"):
        await bench.register("message A {}", subject="other", type="PROTOBUF")


@on_schemas
async def test_what_stands_is_found_without_reading_it_again(bench: SchemaBench) -> None:
    first = await bench.register(plain(A))
    read = len(next(iter(bench.formats.values())).texts)
    assert (await bench.register("\n" + plain(A))).version == first.version, "blanks say nothing"
    assert (await bench.desks.schemas.look_up(call(plain(A)))).version == first.version
    assert len(next(iter(bench.formats.values())).texts) == read


@on_schemas
async def test_a_normal_text_stands_for_all_that_mean_the_same(bench: SchemaBench) -> None:
    first = await bench.register('{"reads": ["a"], "name": "a"}', normalize=True)
    assert first.schema.content.text == '{"name":"a","reads":["a"]}'
    again = await bench.register('{"name": "a", "reads": ["a"]}', normalize=True)
    assert again.version == first.version
    assert (await bench.desks.schemas.look_up(call('{"reads":["a"],"name":"a"}', normalize=True))).version.number == 1
    with pytest.raises(NoSchema):
        await bench.desks.schemas.look_up(call('{"reads":["a"],"name":"a"}'))


@on_schemas
async def test_references_are_given_to_the_language_with_all_that_they_need(bench: SchemaBench) -> None:
    await bench.register(plain("inner"), "inner")
    await bench.register(plain("outer", needs=("i",)), "outer", references=[SchemaReference("i", "inner", 1)])
    top = plain("top", needs=("o", "i"))
    made = await bench.register(top, references=[SchemaReference("o", "outer", LATEST)])
    assert made.schema.content.references == (SchemaReference("o", "outer", 1),)
    language = next(iter(bench.formats.values()))
    assert language.references == {"o": plain("outer", needs=("i",)), "i": plain("inner")}
    with pytest.raises(InvalidSchema, match="which no reference names"):
        await bench.register(plain("top2", needs=("x",)), "other")


@on_schemas
async def test_references_are_bounded_and_mean_one_thing(bench: SchemaBench) -> None:
    await bench.register(plain("s0"), "s0")
    for depth in range(1, SCHEMA_REFERENCE_DEPTH_MAX + 1):
        reference = SchemaReference(f"n{depth}", f"s{depth - 1}", 1)
        await bench.register(plain(f"s{depth}"), f"s{depth}", references=[reference])
    deepest = SchemaReference("deepest", f"s{SCHEMA_REFERENCE_DEPTH_MAX}", 1)
    with pytest.raises(InvalidSchema, match="lead further than"):
        await bench.register(plain("top"), references=[deepest])
    await bench.register(plain("other"), "other", references=[SchemaReference("n", "s0", 1)])
    two = [SchemaReference("n", "s1", 1), SchemaReference("x", "other", 1)]
    with pytest.raises(InvalidSchema, match="two meanings"):
        await bench.register(plain("top"), references=two)
    with pytest.raises(InvalidSchema, match="name one thing twice"):
        await bench.register(plain("top"), references=[two[0], SchemaReference("n", "other", 1)])
    with pytest.raises(InvalidSchema, match="does not stand"):
        await bench.register(plain("top"), references=[SchemaReference("n", "nobodys", LATEST)])
    await bench.register(plain("j"), "j", type="JSON")
    with pytest.raises(InvalidSchema, match="which is JSON"):
        await bench.register(plain("top"), references=[SchemaReference("j", "j", 1)])


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({"subject": ""}, InvalidInput, "subject"),
        ({"subject": "a\nb"}, InvalidInput, "subject"),
        ({"subject": "s" * (SCHEMA_SUBJECT_BYTES_MAX + 1)}, LimitExceeded, "subject"),
        ({"subject": "\ud800"}, InvalidInput, "subject"),
        ({"text": " \n"}, InvalidSchema, "is empty"),
        ({"text": '"' + "x" * SCHEMA_BYTES_MAX + '"'}, LimitExceeded, "schema: has"),
        ({"text": '"\x00"'}, InvalidInput, "schema"),
        ({"type": "XML"}, InvalidSchema, "AVRO, JSON, PROTOBUF"),
        ({"metadata": "[]"}, InvalidInput, "metadata: is no JSON object"),
        ({"metadata": '{"a":' * 2_000}, InvalidInput, "metadata"),
        ({"rules": "x" * 20_000}, LimitExceeded, "rules"),
        (
            {"references": [SchemaReference(f"n{at}", "s", 1) for at in range(SCHEMA_REFERENCES_MAX + 1)]},
            LimitExceeded,
            "references",
        ),
        ({"references": [SchemaReference("", "s", 1)]}, InvalidSchema, "without a name"),
        ({"references": [SchemaReference("n", "", 1)]}, InvalidInput, "references"),
        ({"references": [SchemaReference("n", "s", 0)]}, InvalidInput, "version"),
        ({"references": [SchemaReference("n", "s", 2**31)]}, InvalidInput, "version"),
        ({"namespace": "No Name"}, InvalidInput, "namespace"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_stored(
    fields: dict[str, object], error: type[Exception], words: str
) -> None:
    @on_schemas
    async def test(bench: SchemaBench) -> None:
        given = {"text": plain(A), "subject": ORDERS} | fields
        for ask in (bench.desks.schemas.register, bench.desks.schemas.check, bench.desks.schemas.look_up):
            with pytest.raises(error, match=words):
                await ask(call(**given))  # type: ignore[arg-type]
        assert not bench.cluster.schemas.subjects
        assert bench.cluster.schemas.last_id == 0

    test()


@on_schemas
async def test_others_at_the_same_moment_are_judged_one_after_the_other(bench: SchemaBench) -> None:
    await bench.register(plain(A))
    texts = [plain(B, A), plain(C, A), plain("d", A, B, C)]
    ends = await asyncio.gather(*(bench.register(each) for each in texts), return_exceptions=True)
    subject = await bench.desks.look.subject("", ORDERS)
    stored = [each for each in ends if not isinstance(each, BaseException)]
    assert len(subject.versions) == 1 + len(stored)
    names = [bench.cluster.schemas.contents[(1, each.schema_id)].text for each in subject.versions]
    for older, newer in pairwise(names):
        language = next(iter(bench.formats.values()))
        assert language.read(newer, {}).cannot_read(language.read(older, {})) == []


@on_schemas
async def test_known_schemas_are_served_while_the_store_is_away(bench: SchemaBench) -> None:
    assert await bench.desks.associations.of("", "-", "orders") == [], "asked before the namespace is made"
    known = await bench.register(plain(A))
    bench.away(Unavailable("the store did not answer"))
    assert (await bench.register(plain(A))).version == known.version
    assert (await bench.desks.schemas.look_up(call(plain(A)))).version == known.version
    assert await bench.desks.look.by_id("", known.schema.id) == known.schema
    assert await bench.desks.look.by_guid("", known.schema.guid) == known.schema
    assert (await bench.desks.look.version("", ORDERS, LATEST)).version == known.version
    assert await bench.desks.associations.of("", "-", "orders") == []
    for unknown in (
        bench.register(plain(B, A)),
        bench.register(plain(A), "another"),
        bench.desks.look.by_id("", 99),
        bench.desks.associations.of("", "-", "others"),
    ):
        with pytest.raises(Unavailable):
            await unknown
    bench.back()
    assert (await bench.register(plain(B, A))).version.number == 2


@on_schemas
async def test_a_store_that_hangs_is_not_waited_for_when_the_answer_is_known(bench: SchemaBench) -> None:
    known = await bench.register(plain(A))
    for method in ("schemas.subject", "schemas.rules"):
        bench.trips.stuck[method] = asyncio.Event()
    async with asyncio.timeout(10):
        assert (await bench.register(plain(A))).version == known.version


@on_schemas
async def test_what_another_frontend_has_changed_is_seen(bench: SchemaBench) -> None:
    other = bench.another()
    first = await bench.register(plain(A))
    assert (await other.schemas.look_up(call(plain(A)))).version == first.version
    await other.schemas.delete("", ORDERS, LATEST, permanent=False)
    with pytest.raises(NoSubject):
        await bench.desks.schemas.look_up(call(plain(A)))
    assert (await bench.desks.schemas.look_up(call(plain(A)), with_deleted=True)).version.number == 1
    again = await bench.register(plain(A))
    assert (again.version.number, again.schema.id) == (2, first.schema.id)


@on_schemas
async def test_who_only_asks_makes_no_namespace(bench: SchemaBench) -> None:
    with pytest.raises(NoSubject):
        await bench.desks.schemas.look_up(call(plain(A), namespace="blue"))
    assert (await bench.desks.schemas.check(call(plain(A), namespace="blue"))).is_compatible
    with pytest.raises(NoSchema):
        await bench.desks.look.by_id("blue", 1)
    assert "blue" not in bench.cluster.namespaces


@on_schemas
async def test_an_association_is_checked_whole(bench: SchemaBench) -> None:
    good = Association("id", "topic", "value", "orders", "cluster", "orders-v")
    desk = bench.desks.associations
    await desk.keep("", [good])
    assert await desk.of("", "-", "orders", "topic", ["value"]) == [good]
    assert await desk.of("", "-", "orders", "topic", ["key"]) == []
    for wrong in (
        Association("", "topic", "value", "orders", "cluster", "orders-v"),
        Association("id", "topic", "value", "orders", "cluster", ""),
        Association("id", "topic", "value", "orders", "cluster", "v", "EVENTUAL"),
    ):
        with pytest.raises(InvalidInput):
            await desk.keep("", [good, wrong])
    with pytest.raises(LimitExceeded):
        await desk.keep("", [])
    assert await desk.forget("", "id") == [good]
