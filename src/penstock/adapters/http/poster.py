"""Requests over pooled connections: implements `ports.poster`.

Pools are those of `httpcore`, one for each origin: no proxy, no cookies, no redirects, nothing out of the environment.
"""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Final

import httpcore

from penstock.adapters.http.guarded import GuardedNetwork, Resolve, SystemResolver
from penstock.model.endpoint_answer import Answer, NoAnswer
from penstock.model.endpoint_url import EndpointUrl, Network, check_url
from penstock.model.errors import InvalidInput
from penstock.ports.poster import Post

KEPT_S: Final = 15.0
"""how long a connection that nobody uses stays open"""
_CONNECTIONS_MAX: Final = 4_096
_CHARS_MAX: Final = 300


class HttpPoster:
    """`allowed`: networks that may be called although they are not public, without TLS too."""

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = tuple(allowed)
        self._own_resolver = SystemResolver() if resolve is None else None
        self._resolve: Resolve = resolve or self._own_resolver  # type: ignore[assignment]
        self._tls = tls or ssl.create_default_context()
        self._pools: dict[tuple[str, str, int], httpcore.AsyncConnectionPool] = {}
        self._urls: dict[str, EndpointUrl] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def post(self, post: Post) -> Answer:
        """One request and its answer."""
        url = self._url(post.url)
        try:
            async with asyncio.timeout(post.timeout_s):
                return await self._exchange(self._pool(url), url, post)
        except TimeoutError:
            raise NoAnswer(f"no whole answer within {post.timeout_s:g} s") from None
        except httpcore.ConnectTimeout as error:
            raise NoAnswer(f"no connection within {post.connect_timeout_s:g} s {_words(error)}".rstrip()) from None
        except httpcore.TimeoutException:
            raise NoAnswer(f"silent for {post.read_timeout_s:g} s") from None
        except httpcore.ConnectError as error:
            raise NoAnswer(f"cannot be reached: {_words(error)}") from None
        except httpcore.ProtocolError as error:
            raise NoAnswer(f"does not speak HTTP: {_words(error)}") from None
        except (httpcore.NetworkError, OSError) as error:
            raise NoAnswer(f"broke off: {_words(error)}") from None

    def forget(self, url: str) -> None:
        """Its pool, too, unless somebody posts there again."""
        known = self._urls.pop(url, None)
        if known is None or any(each.origin == known.origin for each in self._urls.values()):
            return
        pool = self._pools.pop(known.origin, None)
        if pool is not None:
            closing = asyncio.get_running_loop().create_task(pool.aclose())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.aclose()
        if self._own_resolver is not None:
            self._own_resolver.close()

    async def _exchange(self, pool: httpcore.AsyncConnectionPool, url: EndpointUrl, post: Post) -> Answer:
        timeouts = {
            "connect": post.connect_timeout_s,
            "read": post.read_timeout_s,
            "write": post.read_timeout_s,
            "pool": post.timeout_s,
        }
        async with pool.stream(
            b"POST",
            httpcore.URL(scheme=url.scheme.encode(), host=url.host.encode(), port=url.port, target=url.target.encode()),
            headers=[(b"Host", url.authority.encode()), *((n.encode(), v.encode()) for n, v in post.headers)],
            content=post.body,
            extensions={"timeout": timeouts, "sni_hostname": url.host},
        ) as response:
            body = bytearray()
            # The type of the stream is a union with that of the sync pool.
            async for piece in response.aiter_stream():
                body += piece
                if len(body) > post.answer_bytes_max:
                    break
            headers = {name.lower(): value for name, value in reversed(response.headers)}
            return Answer(
                response.status,
                headers.get(b"content-type", b"").decode("latin-1"),
                headers.get(b"retry-after", b"").decode("latin-1"),
                bytes(body[: post.answer_bytes_max]),
                len(body) > post.answer_bytes_max,
            )

    def _url(self, text: str) -> EndpointUrl:
        url = self._urls.get(text)
        if url is None:
            try:
                url = self._urls[text] = check_url(text, self._allowed)
            except InvalidInput as error:  # it was kept under other settings
                raise NoAnswer(error.problem, forbidden=True) from None
        return url

    def _pool(self, url: EndpointUrl) -> httpcore.AsyncConnectionPool:
        pool = self._pools.get(url.origin)
        if pool is None:
            pool = self._pools[url.origin] = httpcore.AsyncConnectionPool(
                ssl_context=self._tls,
                max_connections=_CONNECTIONS_MAX,
                keepalive_expiry=KEPT_S,
                network_backend=GuardedNetwork(self._allowed, self._resolve, url.scheme == "http"),
            )
        return pool


def _words(error: Exception) -> str:
    """On one line, and not long: it may hold what an endpoint wrote."""
    return " ".join(str(error).split())[:_CHARS_MAX] or type(error).__name__
