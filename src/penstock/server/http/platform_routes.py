"""What machines ask a server about itself: whether it lives, whether it is ready, what it counts."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from penstock.server.access import FRONTEND
from penstock.server.http.calls import Calls, caller_of
from penstock.server.http.door import HttpDoor
from penstock.server.http.loop_lag import LoopLag
from penstock.server.http.metrics import MEDIA_TYPE, Metrics
from penstock.server.http.openapi import openapi
from penstock.server.http.problems import Problem

_KNOWN_TO_ALL: Final = FRONTEND + "GetServerInfo"
"""whoever may call this may read the metrics"""
Endpoint = Callable[[Request], Awaitable[Response]]


def platform_routes(door: HttpDoor, lag: LoopLag, metrics: Metrics, calls: Calls) -> Sequence[Route]:
    """`/livez` and `/readyz` are answered to everybody, and so is the document; none of them looks at the store."""

    async def livez(_request: Request) -> Response:
        if not lag.is_alive:
            raise Problem(503, f"the event loop was late by {lag.worst_s:.1f} s")
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        if door.draining.is_set():
            raise Problem(503, "this server stops; ask another one")
        return JSONResponse({"status": "ready"})

    async def exposition(request: Request) -> Response:
        await calls.enter(_KNOWN_TO_ALL, request.headers.getlist("authorization"), caller_of(request))
        return Response(metrics.exposition(), headers={"Content-Type": MEDIA_TYPE})

    async def document(_request: Request) -> Response:
        return JSONResponse(openapi())

    return [
        _get("/livez", livez),
        _get("/readyz", readyz),
        _get("/metrics", exposition),
        _get("/openapi.json", document),
    ]


def _get(path: str, endpoint: Endpoint) -> Route:
    return Route(path, endpoint, methods=["GET"])
