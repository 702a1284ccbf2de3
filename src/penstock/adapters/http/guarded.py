"""Connections to addresses that may be called: a name is resolved once, all of what it means is looked at, and the
connection goes to what was looked at. So a name that means something else a moment later gains nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Final

import httpcore
from httpcore import SOCKET_OPTION

from penstock.model.endpoint_answer import NoAnswer
from penstock.model.endpoint_url import Address, Network, forbidden

RESOLVERS: Final = 64
"""names that are looked up at the same time: one that hangs holds up no other"""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class SystemResolver:
    """The system's names, on threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVERS, "names")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Addresses as text; raises `OSError`."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host, port)
        return [str(place[0]) for *_, place in found]

    def close(self) -> None:
        """A look-up that hangs is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> Sequence[tuple[object, object, object, object, Sequence[object]]]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Every connection of a pool is made here. Raises `NoAnswer` for an address that may not be called."""

    def __init__(self, allowed: Sequence[Network], resolve: Resolve, needs_allowed: bool) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._needs_allowed = needs_allowed
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """To the first of its addresses that answers."""
        addresses = await self._addresses(host, port, timeout)
        problem: Exception | None = None
        for address in addresses:
            try:
                return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem or httpcore.ConnectError("its name means no address")

    async def sleep(self, seconds: float) -> None:
        """Between attempts of a pool, of which there is one."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int, limit_s: float | None) -> list[Address]:
        try:
            async with asyncio.timeout(limit_s):
                texts = [host] if _is_literal(host) else await self._resolve(host, port)
        except TimeoutError:
            raise httpcore.ConnectTimeout("its name was not resolved in time") from None
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"its name cannot be resolved: {error}") from None
        addresses = list(dict.fromkeys(ip_address(text) for text in texts))
        for address in addresses:
            if because := forbidden(address, self._allowed):
                raise NoAnswer(f"endpoint_forbidden: {host} is {address}, {because}", forbidden=True)
            if self._needs_allowed and not any(address in network for network in self._allowed):
                raise NoAnswer(
                    f"endpoint_forbidden: {host} is {address}, outside of push_allow: only https goes there",
                    forbidden=True,
                )
        return addresses


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
