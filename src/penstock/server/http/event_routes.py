"""`POST /v1/streams/{stream}/events`: CloudEvents 1.0 over HTTP, in each of its modes, through `Publish`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from penstock.model.errors import InvalidInput
from penstock.server.access import FRONTEND
from penstock.server.http.calls import Calls, caller_of
from penstock.server.http.cloud_event import BadEvent, CloudEvent, bad_event
from penstock.server.http.event_headers import PREFIX, event_of_headers
from penstock.server.http.event_json import batch_of_json, one_of_json
from penstock.server.http.event_protobuf import batch_of_protobuf, one_of_protobuf
from penstock.server.http.fields import NAMESPACE
from penstock.server.http.json_calls import refused
from penstock.server.http.problems import Problem
from penstock.server.http.reading import token_bytes, unknown
from penstock.server.http.route_table import EVENTS_PATH
from penstock.server.http.signature import IDEMPOTENCY_KEY
from penstock.server.http.writing import json_of
from penstock.wire.v1 import penstock_pb2 as pb

PUBLISH: Final = FRONTEND + "Publish"
MODES: Final = (
    "application/cloudevents+json",
    "application/cloudevents+protobuf",
    "application/cloudevents-batch+json",
    "application/cloudevents-batch+protobuf",
)
_ATTRIBUTE_OF: Final[Mapping[str, str]] = {
    "subjects": "subject",
    "types": "type",
    "sources": "source",
    "ids": "id",
    "times_us": "time",
    "content_types": "datacontenttype",
    "extensions": "extensions",
    "data": "data",
}
_AT_AN_EVENT: Final = re.compile(r"groups\[0\]\.(\w+)\[(\d+)\](?:\[['\"](\w+)['\"]\])?: (.*)\Z", re.DOTALL)


def event_routes(calls: Calls) -> Sequence[Route]:
    """The endpoint of every stream."""

    async def publish(request: Request) -> Response:
        shown = request.headers.getlist("authorization")
        entered = await calls.enter(PUBLISH, shown, caller_of(request))
        is_batch, events = _events(request, await request.body())
        message = _message(request, events)
        try:
            reply = await entered.answer(message)
        except Problem as problem:
            raise _about_an_event(problem, is_batch) from None
        return Response(json_of(reply), media_type="application/json")

    return [Route(EVENTS_PATH, publish, methods=["POST"])]


def _events(request: Request, body: bytes) -> tuple[bool, list[CloudEvent]]:
    """Whether they came as a batch, and they."""
    content_type = request.headers.get("content-type", "")
    mode = content_type.partition(";")[0].strip().lower()
    if not mode.startswith("application/cloudevents"):
        return False, [_binary(request, content_type, body)]
    match mode:
        case "application/cloudevents+json":
            return False, [one_of_json(body)]
        case "application/cloudevents-batch+json":
            return True, batch_of_json(body)
        case "application/cloudevents+protobuf":
            return False, [one_of_protobuf(body)]
        case "application/cloudevents-batch+protobuf":
            return True, batch_of_protobuf(body)
        case _:
            raise Problem(415, f"{mode[:80]!r} is not taken; there are {', '.join(MODES)}, and events in headers")


def _binary(request: Request, content_type: str, body: bytes) -> CloudEvent:
    headers: list[tuple[bytes, bytes]] = request.scope["headers"]
    if not any(name.startswith(PREFIX) for name, _ in headers):
        told = f"this is no CloudEvent: it has no ce- headers, and its Content-Type is none of {', '.join(MODES)}"
        raise Problem(415 if content_type else 400, told, code="invalid_argument")
    try:
        return event_of_headers(headers, content_type, body)
    except BadEvent as bad:
        raise bad.answer(None) from None


def _message(request: Request, events: Sequence[CloudEvent]) -> pb.PublishRequest:
    query = request.query_params
    for name in query:
        if name != NAMESPACE:
            raise refused(InvalidInput(name, unknown(name, {NAMESPACE: None})))
    if len(query.getlist(NAMESPACE)) > 1:
        raise refused(InvalidInput(NAMESPACE, "is given more than once; give it once"))
    message = pb.PublishRequest(namespace=query.get(NAMESPACE, ""), groups=[_group(request.path_params, events)])
    if (key := request.headers.get(IDEMPOTENCY_KEY)) is not None:
        message.request_token = token_bytes(key.strip('"'), IDEMPOTENCY_KEY)
    return message


def _group(path: Mapping[str, Any], events: Sequence[CloudEvent]) -> pb.EventGroup:
    group = pb.EventGroup(
        stream=path["stream"],
        data=[each.data for each in events],
        subjects=[each.subject for each in events],
        types=[each.type for each in events],
        sources=[each.source for each in events],
        ids=[each.id for each in events],
    )
    if any(each.time_us for each in events):
        group.times_us.extend([each.time_us for each in events])
    if any(each.content_type for each in events):
        group.content_types.extend([each.content_type for each in events])
    if any(each.extensions for each in events):
        group.extensions.extend([pb.EventExtensions(attributes=each.extensions) for each in events])
    return group


def _about_an_event(problem: Problem, is_batch: bool) -> Problem:
    """The desk speaks of columns, its caller of events."""
    found = _AT_AN_EVENT.match(problem.detail)
    if problem.status != 400 or found is None:
        problem.detail = problem.detail.replace("groups[0].", "").replace("groups: ", "events: ")
        return problem
    column, index, name, told = found.groups()
    return bad_event(int(index) if is_batch else None, name or _ATTRIBUTE_OF.get(column, column), told)
