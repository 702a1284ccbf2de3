"""The registry's REST interface as an ASGI application, to be mounted under any path."""

import logging
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from penstock.compose.schemas import SchemaDesks
from penstock.model.errors import PenstockError
from penstock.model.limits import SCHEMA_BYTES_MAX
from penstock.server.doorkeeper import Doorkeeper
from penstock.server.http.problems import Problem
from penstock.server.http.registry.asked import Asked, query_of, segments_of
from penstock.server.http.registry.codes import OWN_ERROR, Code, Refusal, refusal_of
from penstock.server.http.registry.entrance import Entrance
from penstock.server.http.registry.table import RegistryRoute, registry_routes, request_of, tell

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/vnd.schemaregistry.v1+json"
BODY_BYTES_MAX: Final = 8 * SCHEMA_BYTES_MAX
"""a schema whose every character is escaped, and what is said beside it"""
_NOTHING: Final = 204


class RegistryApp:
    """Serves `/subjects` and so on below the path that it is mounted under, and `/NAMESPACE/subjects` and so on."""

    def __init__(self, desks: SchemaDesks, doorkeeper: Doorkeeper) -> None:
        self._routes = registry_routes(desks)
        self._roots = frozenset(route.path[0] for route in self._routes if route.path)
        self._entrance = Entrance(doorkeeper)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Refusal as refusal:
            response = _told(refusal)
        except PenstockError as error:
            response = _told(refusal_of(error))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        segments = segments_of(_below(request.scope))
        named = ""
        if segments and segments[0] not in self._roots:
            named, segments = segments[0], segments[1:]
        route = self._route(request.method, segments)
        authorizations = request.headers.getlist("authorization")
        namespace = await self._entrance.namespace(authorizations, named)
        place = route.place(segments) or {}
        client = (request.client.host, request.client.port) if request.client else None

        async def work() -> Any:
            query = query_of(request.scope.get("query_string", b""))
            asked = Asked(namespace, place, query, await _body(request))
            tell(wire, asked)
            return await route.work(asked)

        wire = request_of(route, namespace, place)
        try:
            answer = await self._entrance.answer(route.call, authorizations, client, wire, work)
        except (Refusal, Problem, ClientDisconnect):
            raise
        except Exception:
            log.exception("%s %s failed", route.verb, "/".join(route.path))
            raise Refusal(Code(500, 500), OWN_ERROR) from None
        return Response(status_code=_NOTHING) if answer is None else _json(answer)

    def _route(self, verb: str, segments: Sequence[str]) -> RegistryRoute:
        fitting = [route for route in self._routes if route.place(segments) is not None]
        for route in fitting:
            if route.verb == verb:
                return route
        if not fitting:
            raise Refusal(
                Code(404, 404), "the registry has nothing at this path; subjects, schemas/ids, config do exist"
            )
        allowed = ", ".join(dict.fromkeys(route.verb for route in fitting))
        raise Refusal(Code(405, 405), f"this path has no {verb[:20]}; it has {allowed}", {"Allow": allowed})


def _below(scope: Scope) -> bytes:
    """The path as it came, not decoded, without that of the mount."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    mounted: str = scope.get("root_path", "")
    return raw.split(b"?")[0].removeprefix(mounted.encode())


async def _body(request: Request) -> bytes:
    """All of it; raises `Refusal` when it is too much."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > BODY_BYTES_MAX:
            raise Refusal(Code(413, 413), f"the body has more than {BODY_BYTES_MAX} bytes, which is the limit")
        pieces.append(piece)
    return b"".join(pieces)


def _told(refusal: Refusal) -> Response:
    return Response(msgspec.json.encode(refusal.body), refusal.code.status, refusal.headers, media_type=MEDIA_TYPE)


def _json(answer: Any) -> Response:
    return Response(msgspec.json.encode(answer), media_type=MEDIA_TYPE)
