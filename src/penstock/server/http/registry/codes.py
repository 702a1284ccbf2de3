"""How refusals look to the registry's clients: an HTTP status, and a number that says more."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import grpc
from msgspec import Struct

from penstock.model.errors import (
    InvalidInput,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    NotPossible,
    PenstockError,
    Refused,
    Unavailable,
)
from penstock.model.schema_errors import (
    InvalidSchema,
    NoRule,
    NoSchema,
    NoSubject,
    NoVersion,
    SchemaIncompatible,
    SchemaInUse,
    SchemasReadOnly,
    SubjectDeleted,
    SubjectNotDeleted,
    VersionDeleted,
    VersionNotDeleted,
)

OWN_ERROR: Final = "an error of the server's own; its log has it"
_REALM: Final = 'Basic realm="penstock", Bearer realm="penstock"'


class Code(Struct, frozen=True):
    """`status`: of HTTP; `number`: the body's `error_code`."""

    status: int
    number: int


_OF: Final[Mapping[type[PenstockError], Code]] = MappingProxyType(
    {
        NoSubject: Code(404, 40401),
        NoVersion: Code(404, 40402),
        NoSchema: Code(404, 40403),
        SubjectDeleted: Code(404, 40404),
        SubjectNotDeleted: Code(404, 40405),
        VersionDeleted: Code(404, 40406),
        VersionNotDeleted: Code(404, 40407),
        NoRule: Code(404, 40408),
        NotFound: Code(404, 404),
        SchemaIncompatible: Code(409, 409),
        SchemasReadOnly: Code(422, 42205),
        SchemaInUse: Code(422, 42206),
        NotPossible: Code(422, 422),
        InvalidSchema: Code(422, 42201),
        InvalidInput: Code(422, 422),
        NotAuthenticated: Code(401, 401),
        NotPermitted: Code(403, 403),
        Refused: Code(429, 42901),
        Unavailable: Code(503, 50001),
        PenstockError: Code(500, 500),
    }
)
_OF_FIELD: Final[Mapping[str, Code]] = MappingProxyType(
    {
        "schema": Code(422, 42201),
        "schema_type": Code(422, 42201),
        "references": Code(422, 42201),
        "version": Code(422, 42202),
        "compatibility": Code(422, 42203),
        "mode": Code(422, 42204),
        "subject": Code(422, 42208),
        "body": Code(400, 400),
        "query": Code(400, 400),
    }
)
_OF_STATUS: Final[Mapping[grpc.StatusCode, Code]] = MappingProxyType(
    {
        grpc.StatusCode.UNAUTHENTICATED: Code(401, 401),
        grpc.StatusCode.PERMISSION_DENIED: Code(403, 403),
        grpc.StatusCode.INVALID_ARGUMENT: Code(422, 422),
        grpc.StatusCode.RESOURCE_EXHAUSTED: Code(429, 42901),
        grpc.StatusCode.UNAVAILABLE: Code(503, 50001),
    }
)


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, code: Code, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence
        self.headers = dict(headers or {})

    @property
    def body(self) -> Mapping[str, Any]:
        """As the clients read it."""
        return {"error_code": self.code.number, "message": self.sentence}


def refusal_of(error: PenstockError) -> Refusal:
    """By its class, and for input by the field that is wrong."""
    code = next(_OF[kind] for kind in type(error).__mro__ if kind in _OF)
    if isinstance(error, InvalidInput) and not isinstance(error, InvalidSchema):
        code = _OF_FIELD.get(error.field, code)
    retry_after_s = error.retry_after_s if isinstance(error, Refused) else 0.0
    return _told(code, str(error), retry_after_s)


def refusal_at_the_door(status: grpc.StatusCode, sentence: str) -> Refusal:
    """What the doorkeeper answered."""
    return _told(_OF_STATUS.get(status, Code(500, 500)), sentence)


def _told(code: Code, sentence: str, retry_after_s: float = 0.0) -> Refusal:
    refusal = Refusal(code, sentence)
    if code.status == 401:
        refusal.headers["WWW-Authenticate"] = _REALM
    if code.status in (429, 503):
        refusal.headers["Retry-After"] = str(max(1, math.ceil(retry_after_s)))
    return refusal
