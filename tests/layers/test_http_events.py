"""CloudEvents over HTTP, sent by the reference SDK and by hand: kept whole, stored once, or refused by name."""

from __future__ import annotations

import base64
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest
from cloudevents.core.bindings import http as reference
from cloudevents.core.v1.event import CloudEvent

from penstock.model.limits import EVENT_BYTES_MAX, PUBLISH_EVENTS_MAX
from penstock.server.doorkeeper import Doorkeeper
from penstock.server.http import Calls, HttpDoor
from penstock.server.http.event_routes import event_routes
from penstock.server.http.json_calls import json_routes
from penstock.server.http.metrics import http_tallies
from penstock.server.stream_service import StreamService
from penstock.wire.v1 import cloudevent_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from tests.layers.http_bench import URL, problem
from tests.layers.test_frontend_publish import Bench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATH = "/v1/streams/files/events"
JSON = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
PROTOBUF = "application/cloudevents+protobuf"
PROTOBUF_BATCH = "application/cloudevents-batch+protobuf"
PLAIN = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t"}


class Publisher:
    """A client of a frontend whose journal is in memory."""

    def __init__(self, bench: Bench, client: httpx.AsyncClient) -> None:
        self.bench, self.client = bench, client

    async def post(self, body: Any, content_type: str = "", path: str = PATH, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body)
        kind = {"content-type": content_type} if content_type else {}
        return await self.client.post(path, content=content, headers={**kind, **headers})

    async def sequences(self, body: Any, content_type: str = "", **headers: str) -> list[int]:
        reply = await self.post(body, content_type, **headers)
        assert reply.status_code == 200, reply.text
        sequences: list[int] = reply.json()["sequences"]
        return sequences

    async def stored(self, subject: str = "", namespace: str = "") -> list[dict[str, Any]]:
        """Events as ReadEvents shows them: those of a subject in their order, or all, the latest first."""
        reply = await self.client.get(PATH, params={"subject": subject, "namespace": namespace})
        assert reply.status_code == 200, reply.text
        events: list[dict[str, Any]] = reply.json()["events"]
        return events


@asynccontextmanager
async def publisher() -> AsyncIterator[Publisher]:
    bench = Bench()
    calls = Calls(Doorkeeper(asks=False))
    unused: Any = None
    pb_grpc.add_FrontendServicer_to_server(StreamService(bench.desk, bench.streams, unused, unused), calls)
    door = HttpDoor(http_tallies(), is_open=True)
    door.add([*event_routes(calls), *json_routes(door, calls)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url=URL) as client:
        yield Publisher(bench, client)


def sdk_event(**more: Any) -> CloudEvent:
    attributes = {
        "id": 'ä 100% "quoted" €😀',
        "source": "/shop/ü",
        "type": "order.paid",
        "subject": "order 17/ä",
        "time": datetime(2026, 3, 1, 9, 0, 0, 250_000, UTC),
        "datacontenttype": "application/json",
        "dataschema": "https://example.com/schemas/order",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "comexampleother": "x%20y",
        **more,
    }
    return CloudEvent(attributes=attributes, data={"total": 42.5, "ö": ["ß"]})


@pytest.mark.parametrize("mode", ["binary", "structured", "batch"])
async def test_what_the_reference_sdk_sends_is_kept_whole(mode: str) -> None:
    event = sdk_event()
    async with publisher() as it:
        if mode == "batch":
            one = json.loads(reference.to_structured_event(event).body)
            assert await it.sequences([one, {**one, "id": "2"}], BATCH)
        else:
            message = reference.to_binary_event(event) if mode == "binary" else reference.to_structured_event(event)
            reply = await it.client.post(PATH, content=message.body, headers=message.headers)
            assert reply.status_code == 200, reply.text
        stored = (await it.stored("order 17/ä"))[0]
    told = {name: stored.pop(name) for name in ("stream", "sequence", "appended_at")}
    assert told["stream"] == "files"
    back = reference.from_structured_event(reference.HTTPMessage({"content-type": JSON}, json.dumps(stored).encode()))
    assert back.get_attributes() == event.get_attributes()
    assert back.get_data() == event.get_data()


async def test_a_repeated_source_and_id_is_stored_once_whatever_the_mode() -> None:
    message = reference.to_binary_event(sdk_event())
    async with publisher() as it:
        first = await it.client.post(PATH, content=message.body, headers=message.headers)
        structured = reference.to_structured_event(sdk_event())
        again = await it.post(structured.body, JSON)
        assert first.json() == {"sequences": first.json()["sequences"], "existing": []}
        assert again.json() == {"sequences": first.json()["sequences"], "existing": [0]}
        other = await it.sequences({**json.loads(structured.body), "source": "/other"}, JSON)
        assert other[0] > first.json()["sequences"][0]
        assert len(await it.stored()) == 2


async def test_a_call_with_an_idempotency_key_is_answered_the_same() -> None:
    async with publisher() as it:
        key = {"idempotency-key": "0198b7a4-5c7e-7cc0-8f3a-0b1d2e3f4a5b"}
        one, two = [await it.sequences([PLAIN, {**PLAIN, "id": "2"}], BATCH, **key) for _ in range(2)]
        assert one == two
        refused = await it.post([{**PLAIN, "id": "3"}], BATCH, **key)
        assert "was used before for another call" in problem(refused)["detail"]


@pytest.mark.parametrize(
    ("members", "data", "kind"),
    [
        ({"data": {"a": [1, None]}}, b'{"a": [1, null]}', None),
        ({"data": "text"}, b'"text"', None),
        ({"data": "text", "datacontenttype": "text/plain"}, b"text", "text/plain"),
        ({"data": "<a/>", "datacontenttype": "application/xml"}, b"<a/>", "application/xml"),
        ({"data": {"a": 1}, "datacontenttype": "application/x-own"}, b'{"a": 1}', "application/x-own"),
        ({"data": "x", "datacontenttype": "application/vnd.x+json"}, b'"x"', "application/vnd.x+json"),
        ({"data_base64": "AP8="}, b"\x00\xff", "application/octet-stream"),
        ({"data_base64": "AP8=", "datacontenttype": "image/png"}, b"\x00\xff", "image/png"),
        ({"data_base64": "eyJhIjogMX0=", "datacontenttype": "application/json"}, b'{"a": 1}', "application/json"),
        ({}, b"", None),
        ({"data": None}, b"null", None),
        ({"subject": None, "time": None, "anext": None}, b"", None),
    ],
)
async def test_data_is_what_its_type_says(members: dict[str, Any], data: bytes, kind: str | None) -> None:
    async with publisher() as it:
        assert await it.sequences({**PLAIN, **members}, JSON)
        [[request]] = it.bench.journal.trips
        [event] = request.events
        assert (event.data, event.content_type or None) == (data, kind)


async def test_data_in_json_is_kept_byte_for_byte() -> None:
    body = b'{"specversion":"1.0","id":"1","source":"s","type":"t","data": {"n" : 1.10,  "big":12345678901234567890} }'
    async with publisher() as it:
        assert await it.sequences(body, JSON)
        assert it.bench.journal.trips[0][0].events[0].data == b'{"n" : 1.10,  "big":12345678901234567890}'


async def test_values_that_are_no_text_are_kept_as_text() -> None:
    async with publisher() as it:
        assert await it.sequences({**PLAIN, "yes": True, "no": False, "number": -7}, JSON)
        [stored] = await it.stored()
        assert (stored["yes"], stored["no"], stored["number"]) == ("true", "false", "-7")


@pytest.mark.parametrize(
    ("members", "subject"),
    [({"subject": "a"}, "a"), ({"partitionkey": "p"}, "p"), ({"subject": "a", "partitionkey": "p"}, "a"), ({}, "/s")],
)
async def test_an_event_without_a_subject_is_ordered_by_its_key_or_its_source(
    members: dict[str, str], subject: str
) -> None:
    async with publisher() as it:
        await it.sequences({**PLAIN, **members}, JSON)
        assert [each["subject"] for each in await it.stored()] == [subject]


async def test_quoted_and_raw_headers_are_decoded() -> None:
    async with publisher() as it:
        head = {"ce-specversion": "1.0", "ce-id": '"a \\"b\\" %C3%A4"', "ce-source": "s%20%25", "ce-type": "t"}
        await it.sequences(b"", **head)
        raw = [(b"ce-specversion", b"1.0"), (b"CE-ID", b"2"), (b"ce-source", b"s"), (b"ce-type", "ä".encode())]
        assert (await it.client.post(PATH, headers=raw)).status_code == 200
        events = {each["id"]: each for each in await it.stored()}
        assert events['a "b" ä']["source"] == "s %"
        assert events["2"]["type"] == "ä"
        text = {**head, "ce-id": "3", "content-type": "text/plain; charset=utf-8"}
        await it.sequences("grüße".encode(), **text)
        assert it.bench.journal.trips[2][0].events[0].data == "grüße".encode()


def wire_event(number: int = 1, **fields: Any) -> pb.CloudEvent:
    return pb.CloudEvent(id=str(number), source="/s", spec_version="1.0", type="t", **fields)


async def test_the_protobuf_format_in_all_its_parts() -> None:
    event = wire_event(text_data='{"a": 1}')
    said = event.attributes
    said["subject"].ce_string = "ä"
    said["time"].ce_timestamp.FromJsonString("2026-03-01T09:00:00.25Z")
    said["datacontenttype"].ce_string = "application/json"
    said["dataschema"].ce_uri = "https://example.com/s"
    said["yes"].ce_boolean, said["number"].ce_integer, said["packed"].ce_bytes = True, -7, b"\xff"
    said["where"].ce_uri_ref = "../x"
    batch = pb.CloudEventBatch(events=[wire_event(2, binary_data=b"\xff"), wire_event(3, text_data="x"), wire_event(4)])
    batch.events.add().CopyFrom(wire_event(5))
    batch.events[3].proto_data.Pack(wire_event(9))
    async with publisher() as it:
        await it.sequences(event.SerializeToString(), PROTOBUF)
        await it.sequences(batch.SerializeToString(), PROTOBUF_BATCH)
        stored = {each["id"]: each for each in await it.stored()}
    for name, value in {
        "subject": "ä",
        "time": "2026-03-01T09:00:00.250000Z",
        "dataschema": "https://example.com/s",
        "yes": "true",
        "number": "-7",
        "packed": "/w==",
        "where": "../x",
        "data": {"a": 1},
    }.items():
        assert stored["1"][name] == value
    assert (stored["2"]["datacontenttype"], stored["2"]["data_base64"]) == ("application/octet-stream", "/w==")
    assert (stored["3"]["datacontenttype"], stored["3"]["data_base64"]) == ("text/plain", "eA==")
    assert "data" not in stored["4"]
    assert stored["5"]["dataschema"] == "type.googleapis.com/penstock.v1.CloudEvent"
    assert base64.b64decode(stored["5"]["data_base64"]) == wire_event(9).SerializeToString()


def test_the_wire_is_that_of_the_public_format() -> None:
    raw = wire_event(text_data="d").SerializeToString()
    assert raw == b"\n\x011\x12\x02/s\x1a\x031.0\x22\x01t:\x01d"
    numbers = {each.name: each.number for each in pb.CloudEventAttribute.DESCRIPTOR.fields}
    names = ("ce_boolean", "ce_integer", "ce_string", "ce_bytes", "ce_uri", "ce_uri_ref", "ce_timestamp")
    assert numbers == {name: at for at, name in enumerate(names, 1)}


@pytest.mark.parametrize(
    ("members", "attribute", "told"),
    [
        ({"id": None}, "id", "is missing"),
        ({"id": ""}, "id", "is missing"),
        ({"source": ""}, "source", "is missing"),
        ({"type": ""}, "type", "is missing"),
        ({"type": 7}, "type", "is no text"),
        ({"specversion": "0.3"}, "specversion", "'0.3' is not taken"),
        ({"specversion": None}, "specversion", "'' is not taken"),
        ({"subject": ""}, "subject", "is empty"),
        ({"subject": "x" * 1_025}, "subject", "the limit is 1024"),
        ({"subject": "a\x00b"}, "subject", ""),
        ({"time": "yesterday"}, "time", "'yesterday' is no moment"),
        ({"time": "2026-03-01T09:00:00"}, "time", "is no moment"),
        ({"time": "0001-01-01T00:00:00Z"}, "time", "is outside of the years 1970 to 9999"),
        ({"time": "2026-06-30T23:59:60Z"}, "time", "is no moment"),
        ({"datacontenttype": "nonsense"}, "datacontenttype", "is no media type"),
        ({"data_base64": "%%%"}, "data_base64", "is not base64"),
        ({"data_base64": 7}, "data_base64", "is not base64"),
        ({"data": 1, "data_base64": "AA=="}, "data_base64", "exclude each other"),
        ({"sequence": "1"}, "sequence", "is given by the platform"),
        ({"stream": "x"}, "stream", "is given by the platform"),
        ({"UPPER": "x"}, "extensions", "'UPPER' is not the name of one"),
        ({"under_score": "x"}, "extensions", "is not the name of one"),
        ({"nested": {"a": 1}}, "nested", "is no text"),
        ({"float": 1.5}, "float", "is no text"),
        ({"big": 2**31}, "big", "is no text"),
        ({"long": "x" * 2_000}, "long", "the limit is 1024"),
        ({f"e{number}": "x" for number in range(21)}, "extensions", "the limit is 20"),
        ({"data": "x" * EVENT_BYTES_MAX}, "data", f"the limit is {EVENT_BYTES_MAX}"),
    ],
)
async def test_what_is_wrong_is_named_by_event_and_attribute(
    members: dict[str, Any], attribute: str, told: str
) -> None:
    async with publisher() as it:
        bad = {**PLAIN, **members}
        for body, kind, index in ((bad, JSON, None), ([{**PLAIN, "id": "good"}, bad], BATCH, 1)):
            refused = problem(await it.post(body, kind))
            assert (refused["status"], refused["attribute"]) == (400, attribute), refused
            assert told in refused["detail"]
            assert refused.get("event") == index
            if index is not None:
                assert refused["detail"].startswith(f"events[1].{attribute}: ")
        assert it.bench.journal.trips == []


@pytest.mark.parametrize(
    ("headers", "attribute"),
    [
        ({"ce-id": None}, "id"),
        ({"ce-specversion": "2.0"}, "specversion"),
        ({"ce-datacontenttype": "text/plain"}, "datacontenttype"),
        ({"ce-subject": "%ff%fe"}, "subject"),
        ({"ce-time": "now"}, "time"),
        ({"ce-under_score": "x"}, "extensions"),
        ({"ce-sequence": "0001"}, "sequence"),
        ({"content-type": "application/json"}, "data"),
        ({"content-type": None}, "data"),
        ({"content-type": "nonsense"}, "datacontenttype"),
    ],
)
async def test_what_is_wrong_with_headers_is_named(headers: dict[str, str | None], attribute: str) -> None:
    head: dict[str, str | None] = {f"ce-{name}": value for name, value in PLAIN.items()}
    sent = {name: value for name, value in {**head, "content-type": "text/plain", **headers}.items() if value}
    async with publisher() as it:
        refused = problem(await it.client.post(PATH, content=b"{no json", headers=sent))
        assert (refused["status"], refused["attribute"]) == (400, attribute), refused
        assert it.bench.journal.trips == []
        twice = [*((name, value) for name, value in head.items() if value), ("ce-id", "2")]
        assert problem(await it.client.post(PATH, headers=twice))["detail"] == "id: comes twice"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", JSON, 400),
        (b"[]", JSON, 400),
        (b"{}", BATCH, 400),
        (b"[1]", BATCH, 400),
        (b'{"id": NaN}', JSON, 400),
        (b'{"id": 1e999}', JSON, 400),
        (b"\xef\xbb\xbf[]", BATCH, 400),
        (b"[" * 100_000, BATCH, 400),
        (b'{"a":' * 100_000, JSON, 400),
        (b"\xff\xff", PROTOBUF, 400),
        (b"", PROTOBUF, 400),
        (b"\x0a", PROTOBUF_BATCH, 400),
        (b"[]", "application/cloudevents+avro", 415),
        (b"[]", "application/cloudevents", 415),
        (b"[]", "application/json", 415),
        (b"", "", 400),
        (json.dumps([{**PLAIN, "id": str(n)} for n in range(PUBLISH_EVENTS_MAX + 1)]).encode(), BATCH, 400),
    ],
)
async def test_what_is_no_event_is_refused(body: bytes, kind: str, status: int) -> None:
    async with publisher() as it:
        assert problem(await it.post(body, kind))["status"] == status
        assert it.bench.journal.trips == []


async def test_no_events_are_no_mistake() -> None:
    async with publisher() as it:
        assert await it.sequences(b"[]", BATCH) == []
        assert await it.sequences(b"", PROTOBUF_BATCH) == []


async def test_streams_and_namespaces_have_names() -> None:
    async with publisher() as it:
        for stream in ("UPPER", "a*b", ">", "a.b", "x" * 65, quote("ä"), "%20"):
            refused = await it.post(PLAIN, JSON, path=f"/v1/streams/{stream}/events")
            assert problem(refused)["status"] == 400, stream
        assert problem(await it.post(PLAIN, JSON, path=f"{PATH}?namespace=*"))["status"] == 400
        assert problem(await it.post(PLAIN, JSON, path=f"{PATH}?stream=x"))["status"] == 400
        assert (await it.post(PLAIN, JSON, path=f"{PATH}?namespace=blue")).status_code == 200
        assert len(await it.stored(namespace="blue")) == 1
        missing = await it.client.get(PATH)
        assert problem(missing)["code"] == "not_found"
