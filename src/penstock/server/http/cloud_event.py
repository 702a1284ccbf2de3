"""A CloudEvent that came over HTTP, in whichever form: read into one shape, every attribute kept or refused by name."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from penstock.model.errors import InvalidInput
from penstock.server.http.moments import moment_us
from penstock.server.http.problems import Problem

SPEC_VERSION: Final = "1.0"
OCTETS: Final = "application/octet-stream"
OURS: Final = ("sequence", "stream")
"""attributes that the platform gives"""
_KNOWN: Final = frozenset({"id", "source", "type", "subject", "time", "datacontenttype", "specversion"})


class CloudEvent(Struct):
    """As `Publish` takes it. `time_us` 0 and `content_type` "": not said."""

    id: str
    source: str
    type: str
    subject: str
    time_us: int
    content_type: str
    data: bytes
    extensions: dict[str, str]


class BadEvent(Exception):
    """`attribute` of an event is wrong."""

    def __init__(self, attribute: str, problem: str) -> None:
        super().__init__(problem)
        self.attribute, self.problem = attribute, problem

    def answer(self, index: int | None) -> Problem:
        """For its sender; `index`: in a batch."""
        return bad_event(index, self.attribute, self.problem)


def bad_event(index: int | None, attribute: str, problem: str) -> Problem:
    """What is wrong with which event of a request."""
    place = attribute if index is None else f"events[{index}].{attribute}"
    told = Problem(400, f"{place}: {problem}", code="invalid_argument", attribute=attribute)
    if index is not None:
        told.more["event"] = index
    return told


def cloud_event(attributes: Mapping[str, str], data: bytes, implied_type: str = "") -> CloudEvent:
    """Out of its attributes as text; `implied_type`: of data whose type is not said. Raises `BadEvent`."""
    version = attributes.get("specversion", "")
    if version != SPEC_VERSION:
        raise BadEvent("specversion", f"{version[:20]!r} is not taken; it is to be {SPEC_VERSION!r}")
    for name in ("id", "source", "type"):
        if not attributes.get(name):
            raise BadEvent(name, "is missing; every CloudEvent has one that is not empty")
    extensions = {name: value for name, value in attributes.items() if name not in _KNOWN}
    for name in OURS:
        if name in extensions:
            raise BadEvent(name, "is given by the platform; leave it out, or name it otherwise")
    for name in ("subject", "time", "datacontenttype", "dataschema"):
        if attributes.get(name) == "":
            raise BadEvent(name, "is empty; leave it out, or say it")
    try:
        time_us = moment_us(attributes["time"], "time") if "time" in attributes else 0
    except InvalidInput as error:
        raise BadEvent("time", error.problem) from None
    return CloudEvent(
        id=attributes["id"],
        source=attributes["source"],
        type=attributes["type"],
        # The key within which events are ordered, which CloudEvents leave open.
        subject=attributes.get("subject") or extensions.get("partitionkey") or attributes["source"],
        time_us=time_us,
        content_type=attributes.get("datacontenttype") or (implied_type if data else ""),
        data=data,
        extensions=extensions,
    )
