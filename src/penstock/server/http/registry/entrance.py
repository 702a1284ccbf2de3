"""Who comes in by the registry's REST interface: through the one doorkeeper, as a call of gRPC."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

import grpc

from penstock.model.access import ANYBODY, EVERY_NAMESPACE, Caller
from penstock.model.errors import InvalidInput, NotAuthenticated, PenstockError
from penstock.model.names import DEFAULT_NAMESPACE
from penstock.server.caller import let_in
from penstock.server.doorkeeper import Doorkeeper
from penstock.server.http.context import HttpContext
from penstock.server.http.registry.codes import Code, Refusal, refusal_at_the_door, refusal_of
from penstock.server.refusals import status_of
from penstock.wire.credentials import HEADER, SCHEME

Answer = TypeVar("Answer")
_BASIC: Final = "basic"


class Entrance:
    """Lets in whom the doorkeeper lets in, for the calls that the table of access names."""

    def __init__(self, doorkeeper: Doorkeeper) -> None:
        self._doorkeeper = doorkeeper

    async def namespace(self, authorizations: Sequence[str], named: str) -> str:
        """The one that is named, else the only one of the caller's token, else the default one; raises `Refusal`."""
        if named:
            return named
        let_in(ANYBODY)
        try:
            return namespace_of(await self._doorkeeper.caller(_metadata(authorizations)))
        except PenstockError as error:
            raise refusal_of(error) from error

    async def answer(
        self,
        method: str,
        authorizations: Sequence[str],
        client: tuple[str, int] | None,
        request: Any,
        work: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        """What `work` gives, if the caller may call `method` with `request`; raises `Refusal`."""
        let_in(ANYBODY)  # not whoever was let in for an earlier request of this connection
        done: list[Answer] = []
        refused: list[PenstockError] = []

        async def serve(_request: Any, context: Any) -> None:
            try:
                done.append(await work())
            except PenstockError as error:
                refused.append(error)
                await context.abort(status_of(error), str(error))

        async def find(_details: Any) -> Any:
            return grpc.unary_unary_rpc_method_handler(serve)

        context = HttpContext(client)
        try:
            details = _Details(method, _metadata(authorizations))
            handler = await self._doorkeeper.intercept_service(find, details)
            await handler.unary_unary(request, context)
        except NotAuthenticated as error:
            raise refusal_of(error) from None
        except grpc.aio.AbortError:
            if refused:
                raise refusal_of(refused[0]) from refused[0]
            raise refusal_at_the_door(context.code(), context.details()) from None
        if not done:
            raise Refusal(Code(500, 500), "the call was not answered")
        return done[0]


def namespace_of(caller: Caller) -> str:
    """For which one somebody acts who names none; raises `InvalidInput`."""
    if len(caller.namespaces) == 1 and caller.namespaces[0] != EVERY_NAMESPACE:
        return caller.namespaces[0]
    if caller.may_use(DEFAULT_NAMESPACE):
        return DEFAULT_NAMESPACE
    raise InvalidInput(
        "namespace", f"{caller} is for several; name one in the path, as in /registry/{caller.namespaces[0]}/subjects"
    )


class _Details(grpc.HandlerCallDetails):
    def __init__(self, method: str, invocation_metadata: tuple[tuple[str, str], ...]) -> None:
        self.method = method
        self.invocation_metadata = invocation_metadata


def _metadata(authorizations: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((HEADER, _bearer(each)) for each in authorizations)


def _bearer(authorization: str) -> str:
    """Of Basic, the password is the token; raises `Refusal`."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() != _BASIC:
        return authorization
    try:
        _, _, password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        password = ""
    return f"{SCHEME} {password}"
