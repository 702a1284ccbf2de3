"""Every HTTP request comes through here: bounded, counted, led to its route, answered in words whatever happens."""

import asyncio
import logging
from collections.abc import Sequence
from time import perf_counter
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match
from starlette.types import Message, Receive, Scope, Send

from penstock.server.http.bodies import BoundedBody, Room
from penstock.server.http.origins import check_host, check_origin
from penstock.server.http.problems import Problem
from penstock.server.http.tallies import Tallies

log = logging.getLogger(__name__)

NO_ROUTE: Final = "none"
_OWN_ERROR: Final = "an error of the server's own; its log has it"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class HttpDoor:
    """An ASGI application. `is_open`: nobody is asked who they are, so names and origins are looked at."""

    def __init__(self, tallies: Tallies, *, is_open: bool, names: Sequence[str] = ()) -> None:
        self._routes: list[BaseRoute] = []
        self._tallies, self._is_open, self._names = tallies, is_open, frozenset(filter(None, names))
        self._room = Room()
        self.draining = asyncio.Event()
        """set when this process is about to stop: who waits is told so"""

    def add(self, routes: Sequence[BaseRoute]) -> None:
        """The first that fits is taken."""
        self._routes += routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        scope["app"] = self
        began_s = perf_counter()
        answer = _Answer(send)
        body = BoundedBody(scope, receive, self._room)
        route = NO_ROUTE
        try:
            headers = Headers(scope=scope)
            check_origin(headers)
            if self._is_open:
                check_host(headers, self._names)
            found = self._route(scope)
            route = getattr(found, "path", NO_ROUTE)
            await found.handle(scope, body, answer)
        except Problem as problem:
            await _tell(problem, scope, receive, answer, body)
        except HTTPException as error:
            await _tell(Problem(error.status_code, error.detail, error.headers), scope, receive, answer, body)
        except ClientDisconnect:
            answer.status = 499
        except Exception:
            log.exception("%s %s failed", scope["method"], route)
            await _tell(Problem(500, _OWN_ERROR, code="internal"), scope, receive, answer, body)
        finally:
            body.release()
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._tallies.of((method, route)).add(f"{answer.status // 100}xx", perf_counter() - began_s)

    def _route(self, scope: Scope) -> BaseRoute:
        allowed: set[str] = set()
        for route in self._routes:
            match, child = route.matches(scope)
            if match is Match.FULL:
                scope.update(child)
                return route
            if match is Match.PARTIAL:
                allowed |= getattr(route, "methods", None) or set()
        path = scope["path"][:200]
        if allowed:
            may = ", ".join(sorted(allowed))
            raise Problem(405, f"{scope['method'][:20]} is no method of {path!r}; it has {may}", {"Allow": may})
        raise Problem(404, f"there is nothing at {path!r}; /openapi.json lists what there is")


class _Answer:
    """Notes the status that goes out."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 500
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.has_begun = message["status"], True
        await self._send(message)


async def _tell(problem: Problem, scope: Scope, receive: Receive, answer: _Answer, body: BoundedBody) -> None:
    if answer.has_begun:
        raise ConnectionError("the answer broke off half-way") from problem
    if not body.is_worth_reading_on:
        problem.headers["Connection"] = "close"
    await problem.response()(scope, receive, answer)
