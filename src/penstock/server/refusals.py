"""How the platform's errors look on the wire: one canonical status each, never a stack trace."""

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import grpc

from penstock.model.errors import (
    Conflict,
    InvalidInput,
    LimitExceeded,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    NotPossible,
    PenstockError,
    Refused,
    SequenceConflict,
    SourceUnreadable,
    StaleClaim,
    Unavailable,
)
from penstock.wire.refusal_codec import DETAILS_KEY, refusal_to_wire

log = logging.getLogger(__name__)

STATUS_OF: Final[dict[type[PenstockError], grpc.StatusCode]] = {
    InvalidInput: grpc.StatusCode.INVALID_ARGUMENT,
    LimitExceeded: grpc.StatusCode.INVALID_ARGUMENT,
    NotFound: grpc.StatusCode.NOT_FOUND,
    Conflict: grpc.StatusCode.ALREADY_EXISTS,
    SequenceConflict: grpc.StatusCode.FAILED_PRECONDITION,
    NotPossible: grpc.StatusCode.FAILED_PRECONDITION,
    StaleClaim: grpc.StatusCode.FAILED_PRECONDITION,
    NotAuthenticated: grpc.StatusCode.UNAUTHENTICATED,
    NotPermitted: grpc.StatusCode.PERMISSION_DENIED,
    SourceUnreadable: grpc.StatusCode.FAILED_PRECONDITION,
    Refused: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Unavailable: grpc.StatusCode.UNAVAILABLE,
}

Reply = TypeVar("Reply")
Method = Callable[[Any, Any, "grpc.aio.ServicerContext[Any, Any]"], Awaitable[Reply]]


def answers_errors(method: Method[Reply]) -> Method[Reply]:
    """Turns what a unary method raises into a status with a sentence."""

    @functools.wraps(method)
    async def guarded(self: Any, request: Any, context: "grpc.aio.ServicerContext[Any, Any]") -> Reply:
        try:
            return await method(self, request, context)
        except Refused as refusal:
            details = (DETAILS_KEY, refusal_to_wire(refusal))
            await context.abort(status_of(refusal), str(refusal), trailing_metadata=(details,))
        except PenstockError as error:
            await context.abort(status_of(error), str(error))
        except grpc.aio.AbortError:
            raise
        except Exception:
            log.exception("%s failed", method.__name__)
            await context.abort(grpc.StatusCode.INTERNAL, "an error of the server's own; its log has it")
        raise AssertionError("abort raises")

    return guarded


def status_of(error: PenstockError) -> grpc.StatusCode:
    """The nearest class in `STATUS_OF`."""
    for kind in type(error).__mro__:
        if kind in STATUS_OF:
            return STATUS_OF[kind]
    return grpc.StatusCode.INTERNAL
