"""What an endpoint may look like: checked at the door."""

import re
from collections.abc import Sequence
from typing import Final

from penstock.model.endpoint import AnswerPolicy, EndpointSpec
from penstock.model.endpoint_url import Network, check_url
from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.subscription_rules import check_subscription

URLS_MAX: Final = 16
HEADERS_MAX: Final = 20
HEADERS_CHARS_MAX: Final = 8 * 1024
CONCURRENCY_MAX: Final = 1_000
RATE_PER_S_MAX: Final = 100_000.0
TIMEOUT_S_MAX: Final = 300.0
UNKNOWN_S_MAX: Final = 86_400.0
RETRY_AFTER_S_MAX: Final = 3600.0
GRACE_S: Final = 5.0
"""what a lambda's timeout is longer than its request may take"""
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_HEADER_VALUE: Final = re.compile(r"[\t -~]*")
_OURS: Final = frozenset(
    {
        "host",
        "content-length",
        "content-type",
        "content-encoding",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "cookie",
        "accept-encoding",
    }
)
_OUR_PREFIXES: Final = ("ce-", "webhook-", "proxy-")


def check_endpoint(spec: EndpointSpec, lambda_name: str, allowed: Sequence[Network]) -> EndpointSpec:
    """The spec with its lambda's timeout; raises `InvalidInput` naming the part that is wrong."""
    if not 1 <= len(spec.urls) <= URLS_MAX:
        raise LimitExceeded("url", f"{len(spec.urls)} are given; an endpoint has 1 to {URLS_MAX}")
    for url in spec.urls:
        check_url(url, allowed)
    if len(set(spec.urls)) < len(spec.urls):
        raise InvalidInput("url", "one is named twice")
    check_headers(spec.headers)
    _within("timeout_s", spec.timeout_s, 0.1, TIMEOUT_S_MAX)
    _within("connect_timeout_s", spec.connect_timeout_s, 0.1, TIMEOUT_S_MAX)
    _within("read_timeout_s", spec.read_timeout_s, 0.1, TIMEOUT_S_MAX)
    _within("concurrency", spec.concurrency, 1, CONCURRENCY_MAX)
    if spec.rate_per_s:
        _within("rate_per_s", spec.rate_per_s, 0.001, RATE_PER_S_MAX)
    _check_answers(spec.answers)
    if spec.subscription is not None:
        check_subscription(spec.subscription, lambda_name)
    spec.policy.check()
    return spec


def lambda_timeout_s(spec: EndpointSpec) -> float:
    """How long an attempt may take as the lambda's policy has it: the request, and the wait after a 202."""
    return spec.timeout_s + spec.answers.unknown_s + GRACE_S


def check_headers(headers: Sequence[tuple[str, str]]) -> None:
    """Raises `InvalidInput`; its words hold no value, which may be secret."""
    if len(headers) > HEADERS_MAX:
        raise LimitExceeded("headers", f"are {len(headers)}; the limit is {HEADERS_MAX}")
    if sum(len(name) + len(value) for name, value in headers) > HEADERS_CHARS_MAX:
        raise LimitExceeded("headers", f"have more than {HEADERS_CHARS_MAX} characters")
    seen: set[str] = set()
    for name, value in headers:
        lower = name.lower()
        if not _HEADER_NAME.fullmatch(name):
            raise InvalidInput("headers", f"{name!r:.80} is no name of a header")
        if lower in _OURS or lower.startswith(_OUR_PREFIXES):
            raise InvalidInput("headers", f"{name} is set by the platform")
        if not _HEADER_VALUE.fullmatch(value) or value != value.strip():
            raise InvalidInput(
                "headers", f"the value of {name} has a line break, a space at an end, or characters beyond ASCII"
            )
        if lower in seen:
            raise InvalidInput("headers", f"{name} is given twice")
        seen.add(lower)


def _check_answers(answers: AnswerPolicy) -> None:
    _within("retry_after_s_max", answers.retry_after_s_max, 0, RETRY_AFTER_S_MAX)
    _within("unknown_s", answers.unknown_s, 0, UNKNOWN_S_MAX)


def _within(field: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # written so that NaN fails too
        raise InvalidInput(field, f"{value:g} is outside of {low:g} to {high:g}")
