"""Connections to addresses that may be called: a name is resolved once, all of what it means is looked at, and the
connection goes to what was looked at. So a name that means something else a moment later gains nothing.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Final

from penstock.adapters.http.connection import Connection
from penstock.model.endpoint_answer import NoAnswer
from penstock.model.endpoint_url import Address, EndpointUrl, Network, forbidden, is_allowed

RESOLVERS: Final = 64
"""names that are looked up at the same time: one that hangs holds up no other"""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class SystemResolver:
    """The system's names, on threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVERS, "names")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Addresses as text; raises `OSError`."""
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port)
        return [str(place[0]) for *_, place in found]

    def close(self) -> None:
        """A look-up that hangs is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> Sequence[tuple[object, object, object, object, Sequence[object]]]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class GuardedNetwork:
    """`allowed`: networks that may be called although they are not public, without TLS too."""

    def __init__(self, allowed: Sequence[Network], resolve: Resolve, tls: ssl.SSLContext) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._tls = tls

    async def connect(self, url: EndpointUrl) -> Connection:
        """To the first of its addresses that answers; raises `NoAnswer`."""
        secure = url.scheme == "https"
        problem = "its name means no address"
        for address in await self._addresses(url):
            try:
                _, connection = await asyncio.get_running_loop().create_connection(
                    Connection,
                    str(address),
                    url.port,
                    ssl=self._tls if secure else None,
                    server_hostname=url.host if secure else None,
                )
            except (OSError, ssl.SSLError) as error:
                problem = str(error)
            else:
                return connection
        raise NoAnswer(f"cannot be reached: {' '.join(problem.split())}")

    async def _addresses(self, url: EndpointUrl) -> list[Address]:
        try:
            texts = [url.host] if url.literal else await self._resolve(url.host, url.port)
        except (OSError, UnicodeError) as error:
            raise NoAnswer(f"its name cannot be resolved: {error}") from None
        addresses = list(dict.fromkeys(ip_address(text) for text in texts))
        for address in addresses:
            if because := forbidden(address, self._allowed):
                raise NoAnswer(f"endpoint_forbidden: {url.host} is {address}, {because}", forbidden=True)
            if url.scheme == "http" and not is_allowed(address, self._allowed):
                raise NoAnswer(
                    f"endpoint_forbidden: {url.host} is {address}, outside of push_allow: only https goes there",
                    forbidden=True,
                )
        return addresses
