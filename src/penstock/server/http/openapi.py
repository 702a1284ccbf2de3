"""The OpenAPI document: made from the route table and the wire's descriptors, so that it says what is served."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from penstock.model.limits import BATCH_BYTES_MAX, LIST_PAGE_MAX, PUBLISH_EVENTS_MAX
from penstock.server.access import FRONTEND, TABLE
from penstock.server.http.fields import BASE64, NAMESPACE, JsonField, Kind, fields_of
from penstock.server.http.problems import MEDIA_TYPE
from penstock.server.http.route_table import EVENTS_PATH, ROUTES, RouteRow
from penstock.server.http.signature import IDEMPOTENCY_KEY, Signature
from penstock.server.http.writing import EVENT
from penstock.version import VERSION

Schema = dict[str, Any]
_ID: Final[Schema] = {"type": "string", "format": "uuid"}
_MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
_TOKEN: Final[Schema] = {
    "type": "string",
    "minLength": 16,
    "maxLength": 64,
    "description": "A UUID, or 16 to 64 bytes of your own: a repeated call with it changes nothing.",
}
_PLAIN: Final[dict[Kind, Schema]] = {
    Kind.MOMENT: _MOMENT,
    Kind.SPAN: {"type": "number", "description": "Seconds."},
    Kind.ID: _ID,
    Kind.TOKEN: _TOKEN,
    Kind.DOCUMENT: {"description": "Any JSON value."},
    Kind.TEXT: {"type": "string"},
    Kind.TRUTH: {"type": "boolean"},
}


@cache
def openapi() -> Schema:
    """The whole document; the same for ever."""
    components: dict[str, Schema] = {}
    paths: dict[str, Schema] = {}
    for row in ROUTES:
        paths.setdefault(row.path, {})[row.verb.lower()] = _operation(row, Signature(row), components)
    paths[EVENTS_PATH]["post"] = _cloud_events()
    components["Problem"] = _PROBLEM
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Penstock",
            "version": VERSION,
            "description": "Durable tasks and ordered events. Namespaces stand in the query; refusals are RFC 9457.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }


def _operation(row: RouteRow, signature: Signature, components: dict[str, Schema]) -> Schema:
    call = row.method.rpartition("/")[2]
    what = TABLE[row.method].what
    operation: Schema = {
        "operationId": call,
        "summary": f"{what[0].upper()}{what[1:]}",
        "tags": [row.path.split("/")[2]],
        "parameters": list(_parameters(signature)),
        "responses": _responses(_reference(signature.reply, components)),
    }
    if signature.body:
        members = {field.name: _schema(field, components, is_request=True) for field in signature.body.values()}
        body = {"type": "object", "additionalProperties": False, "properties": members}
        operation["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return operation


def _parameters(signature: Signature) -> Iterator[Schema]:
    for name, field in signature.path.items():
        yield {"name": name, "in": "path", "required": True, "schema": {"minLength": 1, **_schema(field, {})}}
    if signature.namespace is not None:
        told = 'The tenant that the call acts for; "" is the default one.'
        yield {"name": NAMESPACE, "in": "query", "schema": {"type": "string"}, "description": told}
    if signature.takes_token:
        told = "The same as `request_token` in the body; give one of them."
        yield {"name": IDEMPOTENCY_KEY, "in": "header", "schema": _TOKEN, "description": told}
    for name, (*_, field) in signature.query.items():
        schema = _schema(field, {})
        if field.kind is Kind.MAP:
            schema = {"type": "array", "items": {"type": "string", "pattern": "="}, "description": "NAME=VALUE each."}
        if name == "page_size":
            schema = {**schema, "maximum": LIST_PAGE_MAX}
        yield {"name": name, "in": "query", "schema": schema}


def _schema(field: JsonField, components: dict[str, Schema], *, is_request: bool = False) -> Schema:
    if field.kind is Kind.MAP:
        value = {each.wire.name: each for each in fields_of(field.wire.message_type)}["value"]
        return {"type": "object", "additionalProperties": _schema(value, components, is_request=is_request)}
    one = _one(field, components, is_request)
    return {"type": "array", "items": one} if field.is_list or field.kind is Kind.IDS else one


def _one(field: JsonField, components: dict[str, Schema], is_request: bool) -> Schema:
    match field.kind:
        case Kind.MESSAGE:
            return _reference(field.wire.message_type, components, is_request=is_request)
        case Kind.ENUM:
            return {"type": "string", "enum": list(field.words)}
        case Kind.INTEGER:
            return {"type": "integer", "minimum": field.least, "maximum": field.most}
        case Kind.NUMBER:
            return {"anyOf": [{"type": "number"}, {"const": "Infinity"}]}
        case Kind.IDS:
            return _ID if is_request else {"anyOf": [_ID, {"type": "null"}]}
        case _:
            return _PLAIN[field.kind]


def _reference(descriptor: Any, components: dict[str, Schema], *, is_request: bool = False) -> Schema:
    # What is sent may leave members out and has no others; what is answered has them all.
    name = f"{descriptor.name}Sent" if is_request else descriptor.name
    if name not in components:
        components[name] = {}  # it may hold itself
        components[name] = _event() if descriptor.full_name == EVENT else _message(descriptor, components, is_request)
    return {"$ref": f"#/components/schemas/{name}"}


def _message(descriptor: Any, components: dict[str, Schema], is_request: bool) -> Schema:
    members: dict[str, Schema] = {}
    required = []
    for field in fields_of(descriptor):
        schema = _schema(field, components, is_request=is_request)
        may_be_null = is_request or _may_be_null(field)
        members[field.name] = {"anyOf": [schema, {"type": "null"}]} if may_be_null else schema
        if field.kind is Kind.DOCUMENT and not field.is_list:
            members[f"{field.name}{BASE64}"] = {"type": "string", "contentEncoding": "base64"}
        else:
            required.append(field.name)
    message: Schema = {"type": "object", "properties": members}
    return message | ({"additionalProperties": False} if is_request else {"required": required})


def _may_be_null(field: JsonField) -> bool:
    if field.is_list:
        return False
    return field.has_presence or field.kind in (Kind.MOMENT, Kind.ENUM, Kind.ID, Kind.DOCUMENT)


def _event() -> Schema:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "A CloudEvent in its JSON format, with its place; extensions are further members.",
        "properties": {
            **dict.fromkeys(("specversion", "id", "source", "type", "subject", "datacontenttype", "stream"), text),
            "time": {"anyOf": [_MOMENT, {"type": "null"}]},
            "data": {},
            "data_base64": {"type": "string", "contentEncoding": "base64"},
            "sequence": {"type": "integer"},
            "appended_at": {"anyOf": [_MOMENT, {"type": "null"}]},
        },
        "required": ["specversion", "id", "source", "type", "subject", "stream", "sequence"],
    }


def _cloud_events() -> Schema:
    one = {
        "type": "object",
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "minLength": 1},
            "source": {"type": "string", "minLength": 1},
            "type": {"type": "string", "minLength": 1},
        },
        "required": ["specversion", "id", "source", "type"],
    }
    packed: Schema = {"type": "string", "format": "binary"}
    content = {
        "application/cloudevents+json": {"schema": one},
        "application/cloudevents-batch+json": {"schema": {"type": "array", "items": one}},
        "application/cloudevents+protobuf": {"schema": packed},
        "application/cloudevents-batch+protobuf": {"schema": packed},
    }
    row = RouteRow("POST", EVENTS_PATH, FRONTEND + "Publish")
    told = (
        "CloudEvents 1.0: structured, batched, or one in headers with any other Content-Type. At most "
        f"{PUBLISH_EVENTS_MAX} events and {BATCH_BYTES_MAX} bytes of data; all are stored or none."
    )
    return {
        "operationId": "PublishCloudEvents",
        "summary": "Publish events",
        "description": told,
        "tags": ["streams"],
        "parameters": [
            {"name": "stream", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}},
            *_parameters(Signature(row)),
        ],
        "requestBody": {"required": True, "content": content},
        "responses": _responses({"$ref": "#/components/schemas/PublishReply"}),
    }


def _responses(reply: Schema) -> Schema:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        "200": {"description": "Done.", "content": {"application/json": {"schema": reply}}},
        "default": {"description": "Refused; nothing is half done.", "content": {MEDIA_TYPE: problem}},
    }


_PROBLEM: Final[Schema] = {
    "type": "object",
    "description": "RFC 9457.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}
