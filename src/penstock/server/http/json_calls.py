"""The JSON API: each row of the route table as a route that calls the service's own method."""

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from penstock.model.errors import InvalidInput
from penstock.server.access import TABLE
from penstock.server.http.calls import Calls, Entered, caller_of
from penstock.server.http.door import HttpDoor
from penstock.server.http.fields import NAMESPACE, REPEATABLE_BY
from penstock.server.http.problems import Problem
from penstock.server.http.reading import fill, members_of, set_text, token_bytes, unknown
from penstock.server.http.route_table import ROUTES, RouteRow
from penstock.server.http.signature import IDEMPOTENCY_KEY, Signature
from penstock.server.http.waiting import answered
from penstock.server.http.writing import json_of


def json_routes(door: HttpDoor, calls: Calls) -> Sequence[Route]:
    """One for each row."""
    return [Route(row.path, JsonCall(row, door, calls), methods=[row.verb]) for row in ROUTES]


class JsonCall:
    """An ASGI endpoint."""

    def __init__(self, row: RouteRow, door: HttpDoor, calls: Calls) -> None:
        self._row, self._door, self._calls = row, door, calls
        self._signature = Signature(row)
        self._stands = TABLE[row.method].stands

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        headers = request.headers
        entered = await self._calls.enter(self._row.method, headers.getlist("authorization"), caller_of(request))
        body = await request.body()
        try:
            message = self._message(request, body)
        except InvalidInput as error:
            raise refused(error) from None
        reply = await self._answer(entered, message, receive)
        await Response(json_of(reply), media_type="application/json")(scope, receive, send)

    async def _answer(self, entered: Entered, message: Any, receive: Any) -> Any:
        if self._stands:
            return await answered(entered.answer(message), receive, self._door.draining)
        return await entered.answer(message)

    def _message(self, request: Request, body: bytes) -> Any:
        signature = self._signature
        message = signature.make()
        if body and not self._row.has_body:
            raise InvalidInput("body", f"{self._row.verb} takes none; its fields stand in the query")
        if body:
            check_media_type(request.headers)
            members = members_of(body)
            for name in members:
                if name not in signature.body and not name.endswith("_base64"):
                    raise InvalidInput(name, self._elsewhere(name))
            fill(message, members)
        self._read_query(message, request)
        for name, field in signature.path.items():
            set_text(message, field, [request.path_params[name]])
        self._read_token(message, request.headers)
        return message

    def _read_query(self, message: Any, request: Request) -> None:
        signature, given = self._signature, request.query_params
        for name in dict.fromkeys(given.keys()):
            texts = given.getlist(name)
            if name == NAMESPACE and signature.namespace is not None:
                set_text(message, signature.namespace, texts)
            elif name in signature.query:
                *outer, field = signature.query[name]
                target = message
                for each in outer:
                    target = getattr(target, each.wire.name)
                set_text(target, field, texts)
            else:
                raise InvalidInput(name, self._elsewhere(name))

    def _elsewhere(self, name: str) -> str:
        signature = self._signature
        if name == NAMESPACE:
            if signature.namespace is None:
                return "this call acts for no namespace"
            return "stands in the query: ?namespace=NAME"
        if name in signature.path:
            return "stands in the path"
        if name in signature.body:
            return "stands in the body, as a member of its JSON object"
        return unknown(name, {**signature.query, **signature.body})

    def _read_token(self, message: Any, headers: Headers) -> None:
        key = headers.get(IDEMPOTENCY_KEY)
        if key is None or not self._signature.takes_token:
            return
        if message.request_token:
            raise InvalidInput(IDEMPOTENCY_KEY, f"and {REPEATABLE_BY} exclude each other; give one of them")
        message.request_token = token_bytes(key.strip('"'), IDEMPOTENCY_KEY)


def refused(error: InvalidInput) -> Problem:
    """What is wrong with a request before any service has seen it."""
    return Problem(400, str(error), code="invalid_argument", field=error.field)


def check_media_type(headers: Headers) -> None:
    """Raises `Problem` for a body that isn't said to be JSON: a form of a page from elsewhere could say so, too."""
    named = headers.get("content-type", "").partition(";")[0].strip().lower()
    if named != "application/json" and not (named.startswith("application/") and named.endswith("+json")):
        raise Problem(415, f"Content-Type: {named[:80]!r} is not taken here; send application/json")
