"""Events at the door: what each field may hold, to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.event import (
    ANY_SEQUENCE,
    HASH_BYTES,
    StoredEvent,
    default_source,
    encode_extensions,
    event_key,
    hash_of_subject,
    place_id,
    told,
)
from penstock.model.event_rules import (
    RESERVED,
    SEQUENCE_MAX,
    TIME_US_MAX,
    check_content_type,
    check_data,
    check_event_id,
    check_expected,
    check_extensions,
    check_source,
    check_stream,
    check_subject,
    check_time_us,
    check_type,
    is_json,
)
from penstock.model.limits import (
    EVENT_BYTES_MAX,
    EVENT_ID_BYTES_MAX,
    EVENT_SOURCE_BYTES_MAX,
    EVENT_TYPE_BYTES_MAX,
    EXTENSION_BYTES_MAX,
    EXTENSION_NAME_CHARS_MAX,
    EXTENSIONS_MAX,
    STREAM_KEEP_S_MAX,
    STREAM_KEEP_S_MIN,
    SUBJECT_BYTES_MAX,
)
from penstock.model.stream import check_keep_s

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS: list[tuple[Callable[[str], str], int]] = [
    (check_subject, SUBJECT_BYTES_MAX),
    (check_type, EVENT_TYPE_BYTES_MAX),
    (check_source, EVENT_SOURCE_BYTES_MAX),
    (check_event_id, EVENT_ID_BYTES_MAX),
]
BROKEN = ["\x00", "a\x00b", "\ud800", "a\udfff"]


@pytest.mark.parametrize(("check", "bytes_max"), TEXTS)
def test_texts_are_opaque_up_to_their_limit_in_bytes(check: Callable[[str], str], bytes_max: int) -> None:
    for good in ("a", " ", "../a b", "ä€𝄞", "\n", "x" * bytes_max, "€" * (bytes_max // 3)):
        assert check(good) == good
    for long in ("x" * (bytes_max + 1), "€" * (bytes_max // 3 + 1), "x" * 1_000_000):
        with pytest.raises(LimitExceeded, match=f"the limit is {bytes_max}"):
            check(long)
    for broken in BROKEN:
        with pytest.raises(InvalidInput, match="NUL or a lone surrogate"):
            check(broken)


@pytest.mark.parametrize("check", [check_subject, check_type])
def test_what_every_event_has_is_never_empty(check: Callable[[str], str]) -> None:
    with pytest.raises(InvalidInput, match="is empty; say what"):
        check("")


@pytest.mark.parametrize("check", [check_source, check_event_id, check_content_type])
def test_what_may_be_left_out(check: Callable[[str], str]) -> None:
    assert check("") == ""


@pytest.mark.parametrize("name", ["files", "a", "0_-", "x" * 64])
def test_names_of_streams(name: str) -> None:
    assert check_stream(name) == name


@pytest.mark.parametrize("name", ["", "x" * 65, "Files", "a.b", "a/b", "a b", "ä", "a\n"])
def test_what_is_no_name_of_a_stream(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"^stream: "):
        check_stream(name)


@pytest.mark.parametrize(
    "kind", ["application/json", "image/svg+xml", "text/plain; charset=utf-8", "text/plain;charset=utf-8", "a/b"]
)
def test_media_types(kind: str) -> None:
    assert check_content_type(kind) == kind


@pytest.mark.parametrize("kind", ["json", "/", "a/", "/b", "a b/c", "a/b c", "a/b\n", "a/b; ä", "a/\x00"])
def test_what_is_no_media_type(kind: str) -> None:
    with pytest.raises(InvalidInput, match="no media type"):
        check_content_type(kind)


def test_a_media_type_that_is_too_long() -> None:
    with pytest.raises(LimitExceeded):
        check_content_type("a/" + "b" * 255)


@pytest.mark.parametrize(
    ("kind", "is_so"),
    [
        ("", True),
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("application/cloudevents+json", True),
        ("text/json", True),
        ("application/jsonl", False),
        ("image/png", False),
        ("text/plain", False),
    ],
)
def test_which_data_must_be_json(kind: str, is_so: bool) -> None:
    assert is_json(kind) is is_so


def test_the_limit_of_data() -> None:
    assert check_data(b"x" * EVENT_BYTES_MAX)
    assert check_data(b"") == b""
    with pytest.raises(LimitExceeded, match="store large data elsewhere"):
        check_data(b"x" * (EVENT_BYTES_MAX + 1))


@pytest.mark.parametrize("time_us", [0, 1, TIME_US_MAX])
def test_times(time_us: int) -> None:
    assert check_time_us(time_us) == time_us


@pytest.mark.parametrize("time_us", [-1, TIME_US_MAX + 1, -(2**63), 2**63 - 1])
def test_times_that_nobody_can_write(time_us: int) -> None:
    with pytest.raises(InvalidInput, match="1970 to 9999"):
        check_time_us(time_us)


@pytest.mark.parametrize("sequence", [ANY_SEQUENCE, 0, 1, SEQUENCE_MAX])
def test_what_may_be_expected(sequence: int) -> None:
    assert check_expected(sequence) == sequence


@pytest.mark.parametrize("sequence", [-2, SEQUENCE_MAX + 1])
def test_what_is_no_sequence(sequence: int) -> None:
    with pytest.raises(InvalidInput, match="is no sequence"):
        check_expected(sequence)


def test_extensions_up_to_their_limits() -> None:
    full = {f"{'n' * (EXTENSION_NAME_CHARS_MAX - 2)}{n:02}": "v" * EXTENSION_BYTES_MAX for n in range(EXTENSIONS_MAX)}
    assert check_extensions(full) == full
    assert check_extensions({}) == {}


@pytest.mark.parametrize("name", ["", "Region", "my-ext", "my_ext", "ä", "n" * (EXTENSION_NAME_CHARS_MAX + 1), "a\n"])
def test_what_is_no_name_of_an_extension(name: str) -> None:
    with pytest.raises(InvalidInput, match="is not the name of one"):
        check_extensions({name: "x"})


@pytest.mark.parametrize("name", sorted(RESERVED - {"data_base64"}))
def test_attributes_of_every_event_are_no_extensions(name: str) -> None:
    with pytest.raises(InvalidInput, match="is an attribute of every event"):
        check_extensions({name: "x"})


def test_extensions_over_their_limits() -> None:
    with pytest.raises(LimitExceeded, match="the limit is 20"):
        check_extensions({f"n{n}": "" for n in range(EXTENSIONS_MAX + 1)})
    with pytest.raises(LimitExceeded, match=r"extensions\['region'\]"):
        check_extensions({"region": "x" * (EXTENSION_BYTES_MAX + 1)})
    with pytest.raises(InvalidInput, match=r"extensions\['region'\]"):
        check_extensions({"region": "a\x00"})


@pytest.mark.parametrize("keep_s", [0.0, STREAM_KEEP_S_MIN, STREAM_KEEP_S_MAX])
def test_how_long_a_stream_may_keep(keep_s: float) -> None:
    assert check_keep_s(keep_s) == keep_s


@pytest.mark.parametrize("keep_s", [-1, 1, STREAM_KEEP_S_MIN - 1, STREAM_KEEP_S_MAX + 1, float("nan"), float("inf")])
def test_how_long_it_may_not(keep_s: float) -> None:
    with pytest.raises(InvalidInput, match="1 hour to 3660 days"):
        check_keep_s(keep_s)


def test_what_was_left_out_has_its_meaning() -> None:
    subject_hash = hash_of_subject("a.txt")
    event = told("files", StoredEvent("a.txt", subject_hash, 7, 1_000, "changed", b"1"))
    assert (event.source, event.id) == ("/streams/files", f"files/{subject_hash.hex()}/7")
    assert (event.time_us, event.content_type, event.extensions) == (1_000, "application/json", {})
    assert event.source == default_source("files")
    assert event.id == place_id("files", subject_hash, 7)


def test_what_was_given_is_told() -> None:
    kept = encode_extensions({"b": "2", "a": "1"})
    event = told("files", StoredEvent("s", b"h" * 16, 7, 1_000, "t", b"", "disk", "id", 5, "image/png", kept))
    assert (event.source, event.id, event.time_us, event.content_type) == ("disk", "id", 5, "image/png")
    assert event.extensions == {"a": "1", "b": "2"}


def test_hashes_stand_for_ever() -> None:
    assert hash_of_subject("a.txt").hex() == "8c54ec7283e9a5145f2a4047f40504e9"
    assert event_key("disk", "1").hex() == "22af4a2a06c085099fd32d06b789fe4c"
    assert len(hash_of_subject("a")) == len(event_key("", "")) == HASH_BYTES
    assert event_key("ab", "c") != event_key("a", "bc")
    assert event_key("a", "b") != event_key("b", "a")
    assert encode_extensions({"a": "1", "b": "2"}) == encode_extensions({"b": "2", "a": "1"})
    assert encode_extensions({}) == b""
