"""gRPC's statuses as the errors of the model."""

import re
from typing import Final

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
    SequenceConflict,
)
from penstock.model.identity import parse_id

_TRANSIENT: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,  # by a server that stops; those of our own are known before
        grpc.StatusCode.ABORTED,
    }
)
"""The server may or may not have done it: the same request is sent again."""


_OPTIONS: Final = {"due_at_us": "at", "delay_us": "delay", "key_life_s": "key_life"}
_REACHED: Final = re.compile(r": subject .* has reached sequence (\d+)[,;]")
"""of a subject that is not where it was expected"""
_ID: Final = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def is_transient(status: grpc.StatusCode) -> bool:
    """Whether repeating can help."""
    return status in _TRANSIENT


def error_of(status: grpc.StatusCode, details: str) -> PenstockError:
    """The error for a refusal, with the server's own words."""
    if status in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.OUT_OF_RANGE):
        return InvalidInput(*_field_and_problem(details))
    if status is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return LimitExceeded(*_field_and_problem(details))
    if status is grpc.StatusCode.NOT_FOUND:
        return NotFound(details)
    if status is grpc.StatusCode.ALREADY_EXISTS:
        return Conflict(details, first=_id_in(details))
    if status is grpc.StatusCode.FAILED_PRECONDITION:
        reached = _REACHED.search(details)
        return SequenceConflict(details, int(reached[1])) if reached else NotPossible(details)
    if status is grpc.StatusCode.UNAUTHENTICATED:
        return NotAuthenticated(details)
    if status is grpc.StatusCode.PERMISSION_DENIED:
        return NotPermitted(details)
    return PenstockError(f"the platform answered {status.name.lower()}: {details}")


def _id_in(details: str) -> bytes:
    """A conflict's sentence names the first task."""
    found = _ID.search(details)
    return parse_id(found[0]) if found else b""


def _field_and_problem(details: str) -> tuple[str, str]:
    field, colon, problem = details.partition(": ")
    return (as_written(field), problem) if colon else ("request", details)


def as_written(field: str) -> str:
    """A field of the wire as the caller of the SDK wrote it."""
    return _OPTIONS.get(field, field)
