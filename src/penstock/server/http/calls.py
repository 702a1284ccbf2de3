"""Calls of our services in process: through the doorkeeper, as a call that came by gRPC."""

from collections.abc import Mapping, Sequence
from typing import Any

import grpc
from starlette.requests import Request

from penstock.model.access import ANYBODY
from penstock.server.caller import let_in
from penstock.server.doorkeeper import Doorkeeper
from penstock.server.http.context import HttpContext
from penstock.server.http.problems import Problem, problem_of
from penstock.wire.credentials import HEADER

Metadata = tuple[tuple[str, str | bytes], ...]


class Calls:
    """Takes the services that a gRPC server takes: hand it to the generated `add_..._to_server`."""

    def __init__(self, doorkeeper: Doorkeeper) -> None:
        self.doorkeeper = doorkeeper
        self._handlers: dict[str, Any] = {}

    def add_generic_rpc_handlers(self, handlers: Sequence[Any]) -> None:
        """They come again by their names."""

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Any]) -> None:
        """What the generated code has for each method of a service."""
        self._handlers.update({f"/{service}/{name}": handler for name, handler in handlers.items()})

    async def enter(self, method: str, authorizations: Sequence[str], client: tuple[str, int] | None) -> "Entered":
        """Asks the doorkeeper; raises `Problem` for whom it refuses, before anything of a body is read."""
        let_in(ANYBODY)  # not whoever was let in for an earlier request of this connection
        details = _Details(method, tuple((HEADER, value) for value in authorizations))
        handler = await self.doorkeeper.intercept_service(self._find, details)
        if handler is None:
            raise Problem(404, f"{method} is not served here")
        entered = Entered(handler, HttpContext(client))
        if handler.request_deserializer is None:  # the doorkeeper's own: it refuses whatever is asked
            await entered.answer(None)
        return entered

    async def _find(self, details: Any) -> Any:
        return self._handlers.get(details.method)


class Entered:
    """A call that was let in, once."""

    def __init__(self, handler: Any, context: HttpContext) -> None:
        self._handler, self._context = handler, context

    async def answer(self, request: Any) -> Any:
        """The reply's message; raises `Problem`."""
        try:
            return await self._handler.unary_unary(request, self._context)
        except grpc.aio.AbortError:
            context = self._context
            raise problem_of(context.code(), context.details(), context.status_details) from None


def caller_of(request: Request) -> tuple[str, int] | None:
    """Host and port."""
    return (request.client.host, request.client.port) if request.client else None


class _Details(grpc.HandlerCallDetails):
    def __init__(self, method: str, invocation_metadata: Metadata) -> None:
        self.method = method
        self.invocation_metadata = invocation_metadata
