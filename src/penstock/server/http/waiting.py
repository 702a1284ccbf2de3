"""Calls that wait for long: not for a caller that has gone, and not for a server that stops."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from penstock.server.http.problems import Problem


async def answered(call: Awaitable[Any], receive: Receive, draining: asyncio.Event) -> Any:
    """What the call answers. Raises `ClientDisconnect` when nobody waits for it any more, `Problem` when the server
    stops first. The body has been read.
    """
    reply = asyncio.ensure_future(call)
    left, stops = asyncio.ensure_future(_left(receive)), asyncio.ensure_future(draining.wait())
    try:
        await asyncio.wait((reply, left, stops), return_when=asyncio.FIRST_COMPLETED)
        if reply.done():
            return reply.result()
        if left.done():
            raise ClientDisconnect
        raise Problem(
            503, "this server stops; ask again, another one answers", {"Retry-After": "0"}, code="unavailable"
        )
    finally:
        for each in (reply, left, stops):
            each.cancel()
        await asyncio.gather(reply, left, stops, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
