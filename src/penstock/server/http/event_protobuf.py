"""CloudEvents' Protobuf event format, one or a batch."""

import base64
from typing import Any, Final

from google.protobuf.message import DecodeError

from penstock.server.http.cloud_event import OCTETS, BadEvent, CloudEvent, bad_event, cloud_event
from penstock.server.http.moments import moment_text
from penstock.server.http.problems import Problem
from penstock.wire.v1 import cloudevent_pb2 as pb

PLAIN: Final = "text/plain"
MESSAGE: Final = "application/protobuf"
_OWN_FIELDS: Final = ("id", "source", "type", "specversion")


def one_of_protobuf(body: bytes) -> CloudEvent:
    """Raises `Problem`."""
    try:
        return _event(_parsed(pb.CloudEvent(), body))
    except BadEvent as bad:
        raise bad.answer(None) from None


def batch_of_protobuf(body: bytes) -> list[CloudEvent]:
    """Raises `Problem`."""
    events = []
    for index, wire in enumerate(_parsed(pb.CloudEventBatch(), body).events):
        try:
            events.append(_event(wire))
        except BadEvent as bad:
            raise bad_event(index, bad.attribute, bad.problem) from None
    return events


def _parsed(message: Any, body: bytes) -> Any:
    try:
        message.ParseFromString(body)
    except DecodeError:
        named = message.DESCRIPTOR.name
        raise Problem(400, f"body: is no io.cloudevents.v1.{named}", code="invalid_argument") from None
    return message


def _event(wire: pb.CloudEvent) -> CloudEvent:
    attributes = {name: _said(name, wire.attributes[name]) for name in sorted(wire.attributes)}
    for name in _OWN_FIELDS:
        if name in attributes:
            raise BadEvent(name, "has a field of its own")
    attributes |= {"id": wire.id, "source": wire.source, "type": wire.type, "specversion": wire.spec_version}
    match wire.WhichOneof("data"):
        case "binary_data":
            return cloud_event(attributes, wire.binary_data, OCTETS)
        case "text_data":
            return cloud_event(attributes, wire.text_data.encode(), PLAIN)
        case "proto_data":
            if wire.proto_data.type_url:
                attributes.setdefault("dataschema", wire.proto_data.type_url)
            return cloud_event(attributes, wire.proto_data.value, MESSAGE)
        case _:
            return cloud_event(attributes, b"")


def _said(name: str, value: pb.CloudEventAttribute) -> str:
    kind = value.WhichOneof("attr")
    if kind is None:
        raise BadEvent(name[:40], "says nothing; leave it out")
    said = getattr(value, kind)
    if kind == "ce_boolean":
        return "true" if said else "false"
    if kind == "ce_bytes":
        return base64.b64encode(said).decode()
    if kind == "ce_timestamp":
        moment = moment_text(said.seconds * 1_000_000 + said.nanos // 1_000)
        if moment is None:
            raise BadEvent(name[:40], "is outside of the years 1970 to 9999")
        return moment
    return str(said)
