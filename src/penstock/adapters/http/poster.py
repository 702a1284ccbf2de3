"""Requests over kept connections: implements `ports.poster`.

Nothing but a request and its answer: no proxy, no cookies, no redirects, nothing out of the environment.
"""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Final

from penstock.adapters.http.connection import Connection
from penstock.adapters.http.guarded import GuardedNetwork, Resolve, SystemResolver
from penstock.model.endpoint_answer import Answer, NoAnswer
from penstock.model.endpoint_url import EndpointUrl, Network, check_url
from penstock.model.errors import InvalidInput
from penstock.ports.poster import Post

KEPT_S: Final = 4.0
"""how long a connection that nobody uses stays open: less than servers usually keep it"""

Origin = tuple[str, str, int]


class HttpPoster:
    """`allowed`: networks that may be called although they are not public, without TLS too."""

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = tuple(allowed)
        self._own_resolver = None if resolve else SystemResolver()
        how = resolve or self._own_resolver
        assert how is not None
        self._network = GuardedNetwork(self._allowed, how, tls or ssl.create_default_context())
        self._idle: dict[Origin, list[Connection]] = {}
        self._urls: dict[str, EndpointUrl] = {}

    async def post(self, post: Post) -> Answer:
        """One request and its answer."""
        url = self._url(post.url)
        request = _request(url, post)
        try:
            async with asyncio.timeout(post.timeout_s):
                connection = self._kept(url.origin) or await self._new(url, post.connect_timeout_s)
                answer = await connection.exchange(request, post.read_timeout_s, post.answer_bytes_max)
        except TimeoutError:
            raise NoAnswer(f"no whole answer within {post.timeout_s:g} s") from None
        if connection.reusable:
            self._keep(url.origin, connection)
        return answer

    def forget(self, url: str) -> None:
        """Its connections close, unless another URL goes there, too."""
        known = self._urls.pop(url, None)
        if known is not None and all(each.origin != known.origin for each in self._urls.values()):
            for connection in self._idle.pop(known.origin, []):
                connection.close()

    async def close(self) -> None:
        """Close all connections that nobody uses."""
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()
        if self._own_resolver is not None:
            self._own_resolver.close()

    def _kept(self, origin: Origin) -> Connection | None:
        idle = self._idle.get(origin, [])
        while idle:
            connection = idle.pop()  # the one that was used last: the others may expire
            if connection.reusable:
                return connection
        return None

    def _keep(self, origin: Origin, connection: Connection) -> None:
        idle = self._idle.setdefault(origin, [])
        idle[:] = [each for each in idle if each.reusable]
        idle.append(connection)
        connection.keep(KEPT_S)

    async def _new(self, url: EndpointUrl, limit_s: float) -> Connection:
        try:
            async with asyncio.timeout(limit_s):
                return await self._network.connect(url)
        except TimeoutError:
            raise NoAnswer(f"no connection within {limit_s:g} s") from None

    def _url(self, text: str) -> EndpointUrl:
        url = self._urls.get(text)
        if url is None:
            try:
                url = self._urls[text] = check_url(text, self._allowed)
            except InvalidInput as error:  # it was kept under other settings
                raise NoAnswer(error.problem, forbidden=True) from None
        return url


def _request(url: EndpointUrl, post: Post) -> bytes:
    lines = [
        f"POST {url.target} HTTP/1.1",
        f"Host: {url.authority}",
        f"Content-Length: {len(post.body)}",
        *[f"{name}: {value}" for name, value in post.headers],
    ]
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1:
        raise NoAnswer("a header has a line break: nothing was sent")
    return f"{head}\r\n\r\n".encode() + post.body
