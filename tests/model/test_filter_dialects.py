"""Filters in the form of the CloudEvents Subscriptions API: what they mean, and what is refused, and where."""

from __future__ import annotations

import contextlib
import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.event import StoredEvent, encode_extensions
from penstock.model.event_filter import matcher
from penstock.model.filters.dialects import read_text, read_value, write_text
from penstock.model.subscription import EventFilter
from penstock.model.subscription_rules import check_filter

EVENT = StoredEvent(
    "a/b.txt",
    bytes(16),
    12,
    1_767_225_600_000_000,
    "file.changed",
    b"{}",
    "/disk",
    "an-id",
    1_767_225_601_500_000,
    "text/plain",
    encode_extensions({"tenant": "7", "kind": "x"}),
)
BARE = StoredEvent("a", bytes(16), 1, 1_767_225_600_000_000, "file.made", b"")
ATTRIBUTES = {
    "specversion": "1.0",
    "id": "an-id",
    "source": "/disk",
    "type": "file.changed",
    "subject": "a/b.txt",
    "time": "2026-01-01T00:00:01.500000Z",
    "datacontenttype": "text/plain",
    "sequence": "12",
    "stream": "files",
    "tenant": "7",
    "kind": "x",
}
OF_THE_BARE = {
    "id": f"files/{bytes(16).hex()}/1",
    "source": "/streams/files",
    "time": "2026-01-01T00:00:00Z",
    "datacontenttype": "application/json",
    "subject": "a",
}


def wants(value: object, event: Any = EVENT) -> bool:
    found = matcher(EventFilter(tree=write_text(value)), "files")
    assert found is not None
    return found(event)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_every_attribute_may_be_asked_for(name: str) -> None:
    value = ATTRIBUTES[name]
    assert wants({"exact": {name: value}})
    assert not wants({"exact": {name: value + "x"}})
    assert wants({"prefix": {name: value[:1]}})
    assert wants({"suffix": {name: value[-1:]}})
    assert wants({"sql": f"{name} = '{value}' AND EXISTS {name}"})


@pytest.mark.parametrize("name", OF_THE_BARE)
def test_what_an_event_left_out_has_its_meaning(name: str) -> None:
    assert wants({"exact": {name: OF_THE_BARE[name]}}, BARE)


MEANINGS = [
    ({"exact": {"type": "file.changed", "tenant": "7"}}, True),
    ({"exact": {"type": "file.changed", "tenant": "8"}}, False),
    ({"exact": {"missing": "x"}}, False),
    ({"prefix": {"type": "file.", "subject": "a/"}}, True),
    ({"prefix": {"type": "File"}}, False),
    ({"suffix": {"subject": ".txt"}}, True),
    ({"suffix": {"missing": "t"}}, False),
    ({"all": [{"exact": {"kind": "x"}}, {"exact": {"kind": "y"}}]}, False),
    ({"any": [{"exact": {"kind": "y"}}, {"exact": {"kind": "x"}}]}, True),
    ({"not": {"exact": {"missing": "x"}}}, True),
    ({"not": {"any": [{"exact": {"kind": "x"}}]}}, False),
    ({"sql": "tenant = 7"}, True),
    ({"sql": "sequence > 11 AND sequence < 13"}, True),
    ({"sql": "subject LIKE 'a/%.txt'"}, True),
    ({"sql": "missing = 'x'"}, False),
    ({"sql": "'a text'"}, False),
    ({"not": {"sql": "missing = 'x'"}}, True),  # it is false, and so its contrary is true: as the API says
    ({"any": [{"sql": "missing = 'x'"}, {"exact": {"kind": "x"}}]}, True),
]


@pytest.mark.parametrize(("value", "wanted"), MEANINGS, ids=[json.dumps(each) for each, _ in MEANINGS])
def test_meanings(value: object, wanted: bool) -> None:
    assert wants(value) is wanted


def test_types_attributes_and_the_tree_are_all_asked() -> None:
    tree = write_text({"suffix": {"subject": ".txt"}})
    for types, attributes, wanted in (
        (("file.*",), (("tenant", "7"),), True),
        (("mail.*",), (("tenant", "7"),), False),
        (("file.*",), (("tenant", "8"),), False),
    ):
        found = matcher(EventFilter(types, attributes, tree), "files")
        assert found is not None
        assert found(EVENT) is wanted
        assert not found(BARE)


def test_data_is_never_looked_at() -> None:
    event = SimpleNamespace(**{name: getattr(EVENT, name) for name in StoredEvent.__struct_fields__ if name != "data"})
    for value, wanted in MEANINGS:
        assert wants(value, event) is wanted


def test_a_failure_is_told_and_the_event_is_not_wanted() -> None:
    told: list[tuple[StoredEvent, str]] = []
    found = matcher(EventFilter(tree=write_text({"sql": "tenant / 0 = 1"})), "s", lambda *each: told.append(each))
    assert found is not None
    assert not found(EVENT)
    assert told == [(EVENT, "math: a division by 0")]
    unheard = matcher(EventFilter(tree=write_text({"sql": "CONCAT(kind, 'y')"})), "s", lambda *each: told.append(each))
    assert unheard is not None
    assert not unheard(EVENT)
    assert told[1] == (EVENT, "cast: the expression is 'xy', neither true nor false")


@pytest.mark.parametrize("value", [{"exact": {"tenant": "7"}}, {"not": {"exact": {"tenant": "7"}}}, {"sql": "a = 1"}])
def test_an_event_that_cannot_be_read_blocks_no_stream(value: object) -> None:
    told: list[str] = []
    found = matcher(EventFilter(tree=write_text(value)), "s", lambda _, why: told.append(why))
    assert found is not None
    assert not found(structs.replace(EVENT, extensions=b"{nothing"))
    assert [each.partition(":")[0] for each in told] == ["generic"]
    assert found(EVENT) is wants(value), "the next one is looked at as if nothing had been"


def test_the_extensions_of_one_event_are_not_those_of_another() -> None:
    found = matcher(EventFilter(tree=write_text({"sql": "tenant = 7 AND kind = 'x'"})), "s")
    assert found is not None
    assert [found(each) for each in (EVENT, BARE, EVENT, BARE)] == [True, False, True, False]


def deep(levels: int) -> Any:
    value: Any = {"exact": {"type": "x"}}
    for _ in range(levels):
        value = {"not": value}
    return value


BAD: list[tuple[Any, str, str]] = [
    (None, "filter", "null is no object"),
    (7, "filter", "a value of the type int is no object"),
    ("type = 'x'", "filter", "is no object"),
    ([], "filter", "an empty array is no object"),
    ({}, "filter", "names 0 dialects"),
    ({"exact": {"type": "x"}, "not": {}}, "filter", "names 2 dialects"),
    ({"equals": {}}, "filter", "'equals' is no dialect"),
    ({7: {}}, "filter", "a value of the type int is no dialect"),
    ({"exact": {}}, "filter.exact", "an empty object should be an object of attributes"),
    ({"exact": []}, "filter.exact", "an empty array should be an object"),
    ({"exact": {"": "x"}}, "filter.exact", "'' is no attribute"),
    ({"exact": {"Type": "x"}}, "filter.exact", "'Type' is no attribute"),
    ({"exact": {"data": "x"}}, "filter.exact", "not its data"),
    ({"exact": {7: "x"}}, "filter.exact", "is no attribute"),
    ({"exact": {"type": ""}}, "filter.exact.type", "is no text, or an empty one"),
    ({"exact": {"type": 7}}, "filter.exact.type", "is no text"),
    ({"prefix": {"type": "x" * 2000}}, "filter.prefix.type", "is longer than 1024 bytes"),
    ({"exact": {"type": "\ud800"}}, "filter.exact.type", "surrogate"),
    ({"all": []}, "filter.all", "a list of one filter at least"),
    ({"any": {"exact": {"type": "x"}}}, "filter.any", "a list of one filter at least"),
    ({"any": [{"exact": {"type": "x"}}, {"all": [{"prefx": 1}]}]}, "filter.any[1].all[0]", "'prefx' is no dialect"),
    ({"not": [{"exact": {"type": "x"}}]}, "filter.not", "an array is no object"),
    ({"sql": {}}, "filter.sql", "is no text"),
    ({"sql": ""}, "filter.sql", "at character 1"),
    ({"sql": "\ud800"}, "filter.sql", "surrogate"),
    ({"any": [{"sql": "a = "}]}, "filter.any[0].sql", "at character 5"),
    ({"sql": "NOW() = 1"}, "filter.sql", "there is no function NOW of 0 arguments; there are ABS, BOOL"),
    ({"sql": "x" * 1_000_000}, "filter.sql", "1000000 characters; the limit is 4096"),
    (deep(16), "filter", "deeper than 16 levels"),
    (deep(100_000), "filter", "deeper than 16 levels"),
    ({"all": [{"exact": {"type": "x"}}] * 501}, "filter", "more than 500 filters"),
    ({"all": [{"exact": {"type": "x" * 1000}}] * 20}, "filter", "bytes as JSON; the limit is 16384"),
    ({"any": [{"sql": "CONCAT(a, a) LIKE '_%'"}] * 5}, "filter", "may cost"),
]


@pytest.mark.parametrize(("value", "field", "problem"), BAD, ids=[f"{each[1]}-{each[2]}" for each in BAD])
def test_what_is_wrong_is_refused_with_its_place(value: Any, field: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        write_text(value)
    assert refused.value.field == field
    assert problem in refused.value.problem
    assert len(str(refused.value)) < 400


BAD_TEXTS = [
    "{",
    "nothing",
    "[" * 100_000,
    '{"not":' * 2_000 + "1" + "}" * 2_000,
    "x" * 1_000_000,
    "\ud800",
    "null",
    "[]",
]


@pytest.mark.parametrize("text", BAD_TEXTS, ids=range(len(BAD_TEXTS)))
def test_text_that_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"\Afilter"):
        check_filter(EventFilter(tree=text))


def test_limits_are_reached_but_not_passed() -> None:
    read_value(deep(15))
    read_value({"any": [{"exact": {"type": "x"}}] * 250})
    with pytest.raises(LimitExceeded):
        read_value({"any": [{"exact": {"type": "x"}}] * 251})


def test_one_filter_is_one_text() -> None:
    one = write_text({"exact": {"type": "x", "subject": "ä"}})
    assert one == write_text({"exact": {"subject": "ä", "type": "x"}})
    assert read_text(one) == read_value(json.loads(one))


TEXTS = st.sampled_from(["a", "ab", "b", "7"])
COMPARED = st.tuples(
    st.sampled_from(["exact", "prefix", "suffix"]),
    st.dictionaries(st.sampled_from(["type", "subject", "source", "ext", "other"]), TEXTS, min_size=1, max_size=2),
).map(lambda each: {each[0]: each[1]})
TREES = st.recursive(
    st.one_of(COMPARED, st.sampled_from(["type = 'ab'", "ext = 7", "subject LIKE 'a_'"]).map(lambda sql: {"sql": sql})),
    lambda inner: st.one_of(
        inner.map(lambda each: {"not": each}),
        st.tuples(st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)).map(
            lambda each: {each[0]: each[1]}
        ),
    ),
    max_leaves=10,
)


def naive(value: Any, event: dict[str, str]) -> bool:
    ((dialect, content),) = value.items()
    if dialect == "not":
        return not naive(content, event)
    if dialect in {"all", "any"}:
        return {"all": all, "any": any}[dialect](naive(each, event) for each in content)
    if dialect == "sql":
        return {
            "type = 'ab'": event["type"] == "ab",
            "ext = 7": event.get("ext") == "7",
            "subject LIKE 'a_'": len(event["subject"]) == 2 and event["subject"][0] == "a",
        }[str(content)]
    found = []
    for name, text in content.items():
        has = event.get(name)
        if has is None:
            found.append(False)
        else:
            found.append(
                {"exact": has == text, "prefix": has[: len(text)] == text, "suffix": has[-len(text) :] == text}[dialect]
            )
    return all(found)


@given(TREES, TEXTS, TEXTS, TEXTS, st.dictionaries(st.sampled_from(["ext", "other"]), TEXTS))
def test_a_tree_is_what_its_words_say(
    tree: Any, kind: str, subject: str, source: str, extensions: dict[str, str]
) -> None:
    event = StoredEvent(subject, bytes(16), 1, 1, kind, b"", source, extensions=encode_extensions(extensions))
    plain = {"type": kind, "subject": subject, "source": source, **extensions}
    assert wants(tree, event) is naive(tree, plain)


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=2)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.sampled_from(["exact", "all", "any", "not", "sql", "type"]), st.integers()), inner, max_size=2
        ),
    ),
)


@given(ANYTHING)
def test_anything_is_a_filter_or_refused(value: Any) -> None:
    with contextlib.suppress(InvalidInput):
        wants(value)
