"""Endpoints: lambdas that are somebody's HTTP addresses. A lambda has one row at most; its addresses share the work."""

from enum import IntEnum, unique

from msgspec import Struct

from penstock.model.lane import LambdaId
from penstock.model.policy import LambdaPolicy
from penstock.model.subscription import SubscriptionSpec


@unique
class ContentMode(IntEnum):
    """How one event, or a task, stands in a request: CloudEvents over HTTP. A batch is always a JSON array."""

    BINARY = 1
    """attributes in `ce-` headers, the data as the body"""
    STRUCTURED = 2
    """one JSON object with attributes and data"""


class AnswerPolicy(Struct, frozen=True):
    """What answers mean, where the convention leaves a choice."""

    client_errors_are_fatal: bool = False
    """4xx, besides those that have a meaning of their own: no second try"""
    throttling_costs_attempts: bool = False
    """429, 502, 503 and 504 count against the budget"""
    retry_after_s_max: float = 3600.0
    """more than that is not waited, whatever an answer asks for"""
    unknown_s: float = 60.0
    """after a 202: how long until the attempt counts as failed"""


class EndpointSpec(Struct, frozen=True):
    """What its owner says of it. Times in seconds."""

    urls: tuple[str, ...]
    headers: tuple[tuple[str, str], ...] = ()
    """sent with every request; their values may be secret"""
    mode: ContentMode = ContentMode.BINARY
    timeout_s: float = 15.0
    """for a whole attempt, to the last byte of the answer"""
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 15.0
    """between two pieces of an answer"""
    concurrency: int = 10
    """requests under way at the same time, to each address, from each push worker"""
    rate_per_s: float = 0.0
    """requests that begin in a second, to each address, from each push worker; 0: as many as there are"""
    answers: AnswerPolicy = AnswerPolicy()
    policy: LambdaPolicy = LambdaPolicy()
    """of the lambda; its timeout is derived from those above"""
    subscription: SubscriptionSpec | None = None
    """None: it takes tasks"""

    def __repr__(self) -> str:
        """Never a header's value."""
        return f"EndpointSpec({', '.join(self.urls)})"


class Endpoint(Struct, frozen=True):
    """As it is kept. Times in microseconds since 1970, by the store's clock; 0: never."""

    lambda_id: LambdaId
    namespace_id: int
    namespace: str
    lambda_name: str
    spec: EndpointSpec
    secrets: tuple[bytes, ...]
    """the current one first; a previous one only as long as it is good"""
    version: int
    """rises with each change"""
    created_at_us: int
    changed_at_us: int
    previous_until_us: int = 0
    """how long the previous secret signs too"""
    gone: tuple[str, ...] = ()
    """addresses that have answered 410"""
    disabled_because: str = ""
    """"": it is enabled"""
    disabled_at_us: int = 0

    @property
    def enabled(self) -> bool:
        """Whether work is sent to it."""
        return not self.disabled_because

    @property
    def urls(self) -> tuple[str, ...]:
        """Addresses that may be called."""
        return tuple(url for url in self.spec.urls if url not in self.gone)

    def __repr__(self) -> str:
        """Never a secret."""
        return f"Endpoint({self.lambda_name}, {', '.join(self.spec.urls)})"


@unique
class Health(IntEnum):
    """How an address stands with one push worker. The numbers are stored."""

    WELL = 1
    OPEN = 2
    """it fails, and is left alone until the next probe"""
    PROBED = 3
    """one request goes, to see"""
    THROTTLED = 4
    """it asked for less"""

    @property
    def word(self) -> str:
        """As people read it."""
        return _WORDS[self]


_WORDS = {
    Health.WELL: "healthy",
    Health.OPEN: "open",
    Health.PROBED: "half open",
    Health.THROTTLED: "throttled",
}


class TargetHealth(Struct, frozen=True):
    """One address as one push worker last told of it. Times in microseconds since 1970; 0: not now."""

    lambda_id: LambdaId
    url: str
    worker: str
    health: Health
    since_us: int
    next_us: int = 0
    """when it is tried again"""
    in_flight: int = 0
    succeeded: int = 0
    """since its worker began"""
    failed: int = 0
    problem: str = ""
    """the latest one"""
    told_at_us: int = 0
