"""How refusals look over HTTP: one status for each of gRPC's, and a body as RFC 9457 says."""

import math
from collections.abc import Mapping
from typing import Any, Final

import grpc
import msgspec
from starlette.responses import Response

from penstock.model.errors import QuotaExceeded
from penstock.wire.refusal_codec import refusal_from_wire

MEDIA_TYPE: Final = "application/problem+json"
UNAVAILABLE_RETRY_S: Final = 1

STATUS_OF: Final[Mapping[grpc.StatusCode, int]] = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.UNIMPLEMENTED: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.FAILED_PRECONDITION: 409,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
}
"""any other one is an error of the server's own"""
_TITLES: Final = {
    400: "the request is wrong",
    401: "nobody knows who asks",
    403: "not permitted",
    404: "not found",
    405: "not that method",
    408: "too slow",
    409: "the state of things forbids it",
    413: "too large",
    415: "not that encoding or media type",
    421: "not this server",
    429: "not now",
    431: "too large a head",
    499: "the caller has gone",
    500: "an error of the server's own",
    503: "not now",
    504: "not in time",
}


class Problem(Exception):
    """An answer that is no success. `more`: further members of its body."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more
        self.headers = dict(headers or {})

    def body(self) -> bytes:
        """As JSON."""
        title = _TITLES.get(self.status, "refused")
        told = {"type": "about:blank", "title": title, "status": self.status, "detail": self.detail, **self.more}
        return msgspec.json.encode(told)

    def response(self) -> Response:
        """For whoever asked."""
        return Response(self.body(), self.status, self.headers, media_type=MEDIA_TYPE)


def problem_of(code: grpc.StatusCode, detail: str, status_details: bytes = b"") -> Problem:
    """The answer for a call that was aborted; `status_details` are those of a refusal for now."""
    status = STATUS_OF.get(code, 500)
    problem = Problem(status, detail, code=code.name.lower())
    if status == 401:
        problem.headers["WWW-Authenticate"] = 'Bearer realm="penstock"'
    elif status == 503:
        problem.headers["Retry-After"] = str(UNAVAILABLE_RETRY_S)
    elif status == 429:
        _say_when(problem, status_details)
    return problem


def _say_when(problem: Problem, status_details: bytes) -> None:
    refusal = refusal_from_wire(status_details)
    delay_s = refusal.retry_after_s if refusal is not None else float(UNAVAILABLE_RETRY_S)
    problem.headers["Retry-After"] = str(max(1, math.ceil(delay_s)))
    problem.more["retry_after_s"] = round(delay_s, 3)
    if isinstance(refusal, QuotaExceeded):
        problem.more |= {"reason": "quota_exceeded", "lambda": refusal.lambda_name, "quota": refusal.quota}
    else:
        problem.more["reason"] = "overloaded"
