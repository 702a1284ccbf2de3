"""The wire formats of the registry, beside the client of others that writes and reads them."""

import io
import uuid

import pytest
from confluent_kafka.schema_registry.common.serde import SchemaId
from hypothesis import given
from hypothesis import strategies as st

from penstock.model.errors import InvalidInput
from penstock.model.schema_wire import SchemaNamed, in_header, is_prefixed, prefix, with_prefix, without_prefix

GUID = uuid.UUID("89791762-2336-4186-9674-299b90a802e2")
PLACES = st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=8).map(tuple)


@given(st.integers(0, 2**32 - 1), PLACES, st.binary(max_size=8))
def test_the_client_reads_what_is_written(number: int, place: tuple[int, ...], payload: bytes) -> None:
    data = with_prefix(SchemaNamed(number, None, place), payload, of_message=True)
    theirs = SchemaId("PROTOBUF")
    assert theirs.from_bytes(io.BytesIO(data)).read() == payload
    assert theirs.id == number
    assert tuple(theirs.message_indexes or ()) == place


@given(st.integers(0, 2**32 - 1), PLACES, st.binary(max_size=8))
def test_what_the_client_writes_is_read(number: int, place: tuple[int, ...], payload: bytes) -> None:
    theirs = SchemaId("PROTOBUF", number, str(GUID), list(place))
    assert without_prefix(theirs.id_to_bytes() + payload, "data", True) == (SchemaNamed(number, None, place), payload)
    assert in_header(theirs.guid_to_bytes(), "header", True) == SchemaNamed(None, GUID.bytes, place)


def test_other_languages_name_no_message() -> None:
    assert prefix(SchemaNamed(7, None), of_message=False) == b"\x00\x00\x00\x00\x07"
    assert without_prefix(b"\x00\x00\x00\x00\x07\x00", "data", False) == (SchemaNamed(7, None), b"\x00")
    assert prefix(SchemaNamed(None, GUID.bytes), of_message=False) == b"\x01" + GUID.bytes


def test_the_first_message_has_a_short_form() -> None:
    assert prefix(SchemaNamed(7, None, (0,)), of_message=True) == b"\x00\x00\x00\x00\x07\x00"
    assert without_prefix(b"\x00\x00\x00\x00\x07\x00x", "data", True) == (SchemaNamed(7, None, (0,)), b"x")


def test_json_is_never_taken_for_a_prefix() -> None:
    assert not any(is_prefixed(text) for text in (b"{}", b" 1", b'"a"', b""))
    assert is_prefixed(b"\x00")


@pytest.mark.parametrize(
    ("problem", "data", "of_message"),
    [
        ("it has nothing", b"", False),
        ("it has byte 5", b"\x05abcd", False),
        ("ends within the name", b"\x00\x00\x00", False),
        ("ends within the name", b"\x01" + b"x" * 15, False),
        ("ends within the indexes", b"\x00\x00\x00\x00\x01", True),
        ("ends within the indexes", b"\x00\x00\x00\x00\x01\x04\x02", True),
        ("by -1 indexes", b"\x00\x00\x00\x00\x01\x01", True),
        ("by 100 indexes", b"\x00\x00\x00\x00\x01\xc8\x01", True),
        ("the index -1", b"\x00\x00\x00\x00\x01\x02\x01", True),
        ("no number of 32 bits", b"\x00\x00\x00\x00\x01" + b"\xff" * 9, True),
        ("no number of 32 bits", b"\x00\x00\x00\x00\x01" + b"\xff\xff\xff\xff\x7f", True),
    ],
)
def test_what_is_no_prefix_is_refused(problem: str, data: bytes, of_message: bool) -> None:
    with pytest.raises(InvalidInput, match=problem):
        without_prefix(data, "data", of_message)


def test_a_header_holds_nothing_else() -> None:
    with pytest.raises(InvalidInput, match="3 bytes after"):
        in_header(b"\x01" + GUID.bytes + b"abc", "header", False)
