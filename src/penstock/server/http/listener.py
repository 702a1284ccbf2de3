"""The port of the HTTP door: bound before anything else starts, served on the process' own loop."""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import uvicorn

from penstock.model.errors import InvalidInput
from penstock.server.http.connection import BoundedConnection
from penstock.settings import Settings

STOP_GRACE_S: Final = 5
KEPT_ALIVE_S: Final = 75
"""longer than load balancers keep theirs, so that they close first"""
BACKLOG: Final = 1024


class HttpListener:
    """A bound socket. Raises `InvalidInput` when it cannot be had."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._socket = _bound(settings)
        self.port: int = self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        """Where it serves, as others call it."""
        host = self._settings.advertise_host or self._settings.listen_host
        scheme = "https" if self._settings.tls_certificate_file else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{self.port}"

    @asynccontextmanager
    async def serving(self, app: Any) -> AsyncIterator[None]:
        """Until the context ends: then no new request is taken, and those that run have some seconds."""
        server = _Server(self._config(app))
        running = asyncio.ensure_future(server.serve([self._socket]))
        begun = asyncio.ensure_future(server.has_begun.wait())
        await asyncio.wait((running, begun), return_when=asyncio.FIRST_COMPLETED)
        begun.cancel()
        if running.done():
            await running
            raise OSError(f"nothing can be served at {self.url}")
        try:
            yield
        finally:
            server.should_exit = True
            await running

    def close(self) -> None:
        """Gives the port back, for one that never served."""
        self._socket.close()

    def _config(self, app: Any) -> uvicorn.Config:
        settings = self._settings
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        tls: dict[str, Any] = {}
        if settings.tls_certificate_file:
            tls = {"ssl_certfile": settings.tls_certificate_file, "ssl_keyfile": settings.tls_key_file}
        if settings.tls_client_ca_file:
            tls |= {"ssl_ca_certs": settings.tls_client_ca_file, "ssl_cert_reqs": ssl.CERT_REQUIRED}
        return uvicorn.Config(
            app,
            http=BoundedConnection,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEPT_ALIVE_S,
            timeout_graceful_shutdown=STOP_GRACE_S,
            backlog=BACKLOG,
            **tls,
        )


class _Server(uvicorn.Server):
    """Leaves signals to the process, and says when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.has_begun = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.has_begun.set()


def _bound(settings: Settings) -> socket.socket:
    host, port = settings.listen_host.strip("[]"), settings.http_port
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if settings.processes > 1:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind((host, port))
    except OSError:
        made.close()
        raise InvalidInput(
            "http_port",
            f"nothing can listen on {settings.listen_host}:{port}: it is in use, or not this machine's; "
            "set another one, or 0 for any",
        ) from None
    made.setblocking(False)
    return made
