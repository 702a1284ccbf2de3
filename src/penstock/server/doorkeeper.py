"""The one door of every server: who calls, with which role, for which namespace. Nothing is decoded for strangers."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from typing import Any, Final

import grpc

from penstock.model.access import ANYBODY, Caller
from penstock.model.errors import NotAuthenticated, NotPermitted, PenstockError, Unavailable
from penstock.server.access import Rule, check_namespace_of, check_role
from penstock.server.caller import let_in
from penstock.server.refusals import status_of
from penstock.server.requests import Broken
from penstock.server.token_book import FRESH_S, TokenBook
from penstock.wire.credentials import HEADER, SCHEME

audit = logging.getLogger("penstock.audit")

Context = grpc.aio.ServicerContext[Any, Any]
OURS: Final = "/penstock.v1."
HEALTH: Final = "/grpc.health.v1.Health/"
REFLECTION: Final = "/grpc.reflection."
_STARTING: Final = "the server starts and knows nobody yet; try again"
_STRANGER: Final = "no token came with this call; set PENSTOCK_TOKEN or token_file, `penstock tokens create` makes one"


class Doorkeeper(grpc.aio.ServerInterceptor):
    """`asks`: whether callers need a token. `open_to_all`: beginnings of method names that need none anyway.

    `use` says what knows the tokens; until then nobody is let in who would have to be known.
    """

    def __init__(self, *, asks: bool, open_to_all: Collection[str] = (HEALTH,)) -> None:
        self._asks = asks
        self._open_to_all = tuple(open_to_all)
        self._tokens: TokenBook | None = None

    def use(self, tokens: TokenBook) -> None:
        """Ask this book from now on."""
        self._tokens = tokens

    async def caller(self, metadata: Sequence[tuple[str, Any]] | None) -> Caller:
        """Who calls; `ANYBODY` where nobody is asked. Raises `NotAuthenticated`, `Unavailable`."""
        if not self._asks:
            return ANYBODY
        if self._tokens is None:
            raise Unavailable(_STARTING)
        return await self._tokens.caller(_token_in(metadata))

    async def intercept_service(self, continuation: Any, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """The method, or one that refuses."""
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or method.startswith(self._open_to_all):
            return handler
        try:
            if not self._asks:
                return self._open(handler, method)
            return await self._asked(handler, method, _token_in(handler_call_details.invocation_metadata))
        except PenstockError as error:
            return _refusing(handler, method, error)

    def _open(self, handler: Any, method: str) -> Any:
        """Anybody may call whatever stands in the table."""
        if method.startswith(OURS):
            check_role(method, ANYBODY)
        return handler

    async def _asked(self, handler: Any, method: str, text: str) -> Any:
        if self._tokens is None:
            raise Unavailable(_STARTING)
        caller = await self._tokens.caller(text)
        if not method.startswith(OURS):  # reflection: whoever is known may look
            return handler
        try:
            rule = check_role(method, caller)
        except NotPermitted as error:
            return _refusing(handler, method, error, caller)
        return _Guarded(self._tokens, text, caller, rule, method.rpartition("/")[2]).of(handler)


class _Guarded:
    """One call of one caller."""

    def __init__(self, tokens: TokenBook, text: str, caller: Caller, rule: Rule, call: str) -> None:
        self._tokens, self._text, self._caller, self._rule, self._call = tokens, text, caller, rule, call

    def of(self, handler: Any) -> Any:
        """The same method behind the door."""
        if handler.unary_unary:
            make, method = grpc.unary_unary_rpc_method_handler, self._unary(handler.unary_unary)
        else:
            make, method = grpc.stream_stream_rpc_method_handler, self._streaming(handler.stream_stream)
        return make(method, handler.request_deserializer, handler.response_serializer)

    def _unary(self, method: Callable[[Any, Context], Awaitable[Any]]) -> Callable[[Any, Context], Awaitable[Any]]:
        async def answer(request: Any, context: Context) -> Any:
            if type(request) is Broken:
                return await method(request, context)
            try:
                namespace = check_namespace_of(self._rule, request, self._caller)
                let_in(self._caller)
                reply = await method(request, context)
                if self._rule.stands:
                    await self._tokens.caller(self._text, trusted_s=FRESH_S)
            except PenstockError as error:
                _tell_refusal(self._call, self._caller, context, error)
                await context.abort(status_of(error), str(error))
            except grpc.aio.AbortError:
                self._tell(request, namespace, context, _name_of(context.code()))
                raise
            self._tell(request, namespace, context, "OK")
            return reply

        return answer

    def _streaming(self, method: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def answer(requests: AsyncIterator[Any], context: Context) -> None:
            let_in(self._caller)
            stream = asyncio.ensure_future(method(self._checked(requests, context), context))
            watch = asyncio.ensure_future(self._until_refused())
            try:
                await asyncio.wait((stream, watch), return_when=asyncio.FIRST_COMPLETED)
            finally:
                watch.cancel()
                over = stream.done()
                stream.cancel()
                ends = await asyncio.gather(stream, watch, return_exceptions=True)
            error = ends[1]
            if over or not isinstance(error, NotAuthenticated):
                stream.result()
                return
            _tell_refusal(self._call, self._caller, context, error)
            await context.abort(status_of(error), str(error))

        return answer

    async def _checked(self, requests: AsyncIterator[Any], context: Context) -> AsyncIterator[Any]:
        first = True
        async for request in requests:
            if first and type(request) is not Broken:
                first = False
                try:
                    check_namespace_of(self._rule, request, self._caller)
                except NotPermitted as error:
                    _tell_refusal(self._call, self._caller, context, error)
                    raise
            yield request

    async def _until_refused(self) -> None:
        """Raises `NotAuthenticated` when the token is good no longer."""
        while True:
            await asyncio.sleep(FRESH_S)
            with contextlib.suppress(Unavailable):  # nothing is claimed either, until the store is back
                await self._tokens.caller(self._text, trusted_s=FRESH_S)

    def _tell(self, request: Any, namespace: str, context: Context, outcome: str) -> None:
        if self._rule.subject_of is not None:
            place = f" in {namespace}" if namespace else ""
            audit.info(
                "%s of %s by %s, %s%s, from %s: %s",
                self._call,
                self._rule.subject_of(request),
                self._caller,
                self._caller.role,
                place,
                context.peer(),
                outcome,
            )


def _token_in(metadata: Sequence[tuple[str, Any]] | None) -> str:
    """The token of a call; raises `NotAuthenticated`."""
    values = [value for name, value in metadata or () if name == HEADER]
    if not values:
        raise NotAuthenticated(_STRANGER)
    scheme, _, text = str(values[0]).partition(" ")
    if len(values) > 1 or scheme.lower() != SCHEME.lower():
        raise NotAuthenticated(f"the call's {HEADER} is to be one, and to read: {SCHEME} <token>")
    return text.strip()


def _refusing(handler: Any, method: str, error: PenstockError, caller: Caller | None = None) -> Any:
    call = method.rpartition("/")[2]

    async def refuse(_request: Any, context: Context) -> None:
        _tell_refusal(call, caller, context, error)
        await context.abort(status_of(error), str(error))

    if handler.unary_unary:
        return grpc.unary_unary_rpc_method_handler(refuse)
    if handler.unary_stream:
        return grpc.unary_stream_rpc_method_handler(refuse)
    return grpc.stream_stream_rpc_method_handler(refuse)


def _tell_refusal(call: str, caller: Caller | None, context: Context, error: PenstockError) -> None:
    if isinstance(error, NotAuthenticated | NotPermitted):
        audit.warning("%s by %s from %s refused: %s", call, caller or "a stranger", context.peer(), error)


def _name_of(code: Any) -> str:
    return code.name if isinstance(code, grpc.StatusCode) else str(code)
