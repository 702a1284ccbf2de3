"""gRPC calls of our services, counted by method and status. The first interceptor: refusals at the door count, too."""

from time import perf_counter
from typing import Any, Final

import grpc

from penstock.server.access import TABLE
from penstock.server.http.tallies import Tallies, Tally


class CountedCalls(grpc.aio.ServerInterceptor):
    """Unary calls that stand in the access table; streams last for days and say nothing by their end."""

    def __init__(self) -> None:
        self.tallies: Final = Tallies("penstock_grpc", "gRPC calls", ["method"], "code")
        self._tally_of: Final = {method: self.tallies.of((method.rpartition("/")[2],)) for method in TABLE}

    async def intercept_service(self, continuation: Any, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """The method, with a clock."""
        handler = await continuation(handler_call_details)
        tally = self._tally_of.get(handler_call_details.method)
        if handler is None or tally is None or not handler.unary_unary:
            return handler
        return _Timed(handler, tally)


class _Timed:
    """A handler, made for each call: no more than what gRPC looks at."""

    __slots__ = ("_method", "_tally", "request_deserializer", "response_serializer")

    request_streaming = response_streaming = False
    unary_stream = stream_unary = stream_stream = None

    def __init__(self, handler: Any, tally: Tally) -> None:
        self._method, self._tally = handler.unary_unary, tally
        self.request_deserializer = handler.request_deserializer
        self.response_serializer = handler.response_serializer

    async def unary_unary(self, request: Any, context: Any) -> Any:
        """The method's answer."""
        began_s = perf_counter()
        try:
            reply = await self._method(request, context)
        except BaseException as error:
            self._tally.add(_outcome_of(error, context), perf_counter() - began_s)
            raise
        self._tally.add("OK", perf_counter() - began_s)
        return reply


def _outcome_of(error: BaseException, context: Any) -> str:
    if isinstance(error, grpc.aio.AbortError):
        code = context.code()
        if isinstance(code, grpc.StatusCode):
            return code.name
        return next((each.name for each in grpc.StatusCode if each.value[0] == code), "UNKNOWN")
    return "UNKNOWN" if isinstance(error, Exception) else "CANCELLED"
