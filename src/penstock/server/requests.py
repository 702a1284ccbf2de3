"""Requests that are no protobuf: gRPC would answer UNKNOWN with a class name, and log a stack trace for each."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError

from penstock.model.errors import InvalidInput

Context = grpc.aio.ServicerContext[Any, Any]
_OURS: Final = "/penstock.v1."
_SENTENCE: Final = "is no message of penstock.v1: {}; make it with the .proto file of this release"


class Broken:
    """Stands in for a request that could not be read."""

    def __init__(self, error: DecodeError) -> None:
        # The library puts its class and the message's name before the colon.
        problem = str(error).rpartition(": ")[2]
        self.error = InvalidInput("request", _SENTENCE.format(problem))


class ReadsRequests(grpc.aio.ServerInterceptor):
    """Answers what cannot be read with INVALID_ARGUMENT, for our own services."""

    async def intercept_service(self, continuation: Any, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """The method, taught to be given a broken request."""
        handler = await continuation(handler_call_details)
        if handler is None or not handler_call_details.method.startswith(_OURS):
            return handler
        if handler.unary_unary:
            teach, method = grpc.unary_unary_rpc_method_handler, _unary(handler.unary_unary)
        else:
            teach, method = grpc.stream_stream_rpc_method_handler, _streaming(handler.stream_stream)
        return teach(method, _forgiving(handler.request_deserializer), handler.response_serializer)


def _forgiving(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def read(raw: bytes) -> Any:
        try:
            return deserialize(raw)
        except DecodeError as error:
            return Broken(error)

    return read


def _unary(method: Callable[[Any, Context], Awaitable[Any]]) -> Callable[[Any, Context], Awaitable[Any]]:
    async def answer(request: Any, context: Context) -> Any:
        if type(request) is Broken:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(request.error))
        return await method(request, context)

    return answer


def _streaming(method: Callable[..., Awaitable[None]]) -> Callable[[AsyncIterator[Any], Context], Awaitable[None]]:
    async def readable(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for request in requests:
            if type(request) is Broken:
                raise request.error
            yield request

    async def answer(requests: AsyncIterator[Any], context: Context) -> None:
        await method(readable(requests), context)

    return answer
