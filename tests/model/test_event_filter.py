"""Which events a subscription wants."""

from __future__ import annotations

import pytest

from penstock.model.event import StoredEvent, encode_extensions
from penstock.model.event_filter import matcher
from penstock.model.subscription import EventFilter

TYPES = [
    ((), "anything", True),
    (("file.changed",), "file.changed", True),
    (("file.changed",), "file.change", False),
    (("file.*",), "file.moved", True),
    (("file.*",), "file", False),
    (("file.*",), "profile.moved", False),
    (("*",), "", True),
    (("a", "b.*"), "b.c", True),
    (("a", "b.*"), "c", False),
]
ATTRIBUTES = [
    ((), {}, True),
    ((("tenant", "7"),), {"tenant": "7", "more": "x"}, True),
    ((("tenant", "7"),), {"tenant": "8"}, False),
    ((("tenant", "7"),), {}, False),
    ((("tenant", "7"), ("kind", "x")), {"tenant": "7"}, False),
    ((("tenant", "7"), ("kind", "x")), {"tenant": "7", "kind": "x"}, True),
]


def event(kind: str, extensions: dict[str, str] | None = None) -> StoredEvent:
    return StoredEvent("s", bytes(16), 1, 0, kind, b"", extensions=encode_extensions(extensions or {}))


@pytest.mark.parametrize(("types", "kind", "wanted"), TYPES)
def test_types(types: tuple[str, ...], kind: str, wanted: bool) -> None:
    wants = matcher(EventFilter(types), "files")
    assert (wants is None) is (not types)
    assert wants is None or wants(event(kind)) is wanted


@pytest.mark.parametrize(("attributes", "extensions", "wanted"), ATTRIBUTES)
def test_attributes(attributes: tuple[tuple[str, str], ...], extensions: dict[str, str], wanted: bool) -> None:
    wants = matcher(EventFilter(("a",), attributes), "files")
    assert wants is not None
    assert wants(event("a", extensions)) is wanted
    assert not wants(event("b", extensions))
