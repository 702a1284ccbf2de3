"""Every error the platform gives a caller, each saying what, where and what to do.

PenstockError
├── InvalidInput          the request is wrong and will stay wrong
│   ├── LimitExceeded     a size, count or depth is over its limit
│   └── AppRefused        an app that cannot be used, with its author's own traceback
├── NotFound
├── Conflict              an idempotency key that names other content
│   └── SequenceConflict  a subject has reached another sequence than was expected
├── NotPossible           the state of the task forbids it
├── StaleClaim            the claim number is not the current one
├── NotAuthenticated      no token, or none that is good
├── NotPermitted          the token's role or namespaces do not allow it
└── Unavailable           try again; nothing was half done
    └── Refused           by a platform that is well: try again after a delay that it names
        ├── QuotaExceeded the lambda's quota for scheduling is used up
        └── Overloaded    more comes in than can be stored
"""


class PenstockError(Exception):
    """The root of all errors a caller may see."""


class InvalidInput(PenstockError):
    """A field of a request is wrong."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field, self.problem = field, problem


class LimitExceeded(InvalidInput):
    """A field is over its limit."""


class AppRefused(InvalidInput):
    """An app cannot be imported, or is none. `traceback` holds its author's own lines, if it was they that failed."""

    def __init__(self, problem: str, traceback: str = "") -> None:
        super().__init__("APP", problem)
        self.traceback = traceback


class NotFound(PenstockError):
    """Nothing with that name or id exists."""


class Conflict(PenstockError):
    """An idempotency key names a task with other content."""

    def __init__(self, message: str, first: bytes) -> None:
        super().__init__(message)
        self.first = first


class SequenceConflict(Conflict):
    """A subject has reached another sequence than was expected; nothing of the call was stored.

    `head`: what it has reached, 0 for a subject without an event.
    """

    def __init__(self, message: str, head: int) -> None:
        super().__init__(message, first=b"")
        self.head = head


class NotPossible(PenstockError):
    """The task's status does not allow it."""


class StaleClaim(PenstockError):
    """A report whose claim number is not the current one; nothing was changed."""


class NotAuthenticated(PenstockError):
    """Nobody knows who asks: no token came, or one that is not good (any more)."""


class NotPermitted(PenstockError):
    """The token is good, and its role or its namespaces do not allow this call."""


class Unavailable(PenstockError):
    """A part of the platform cannot answer now; repeating the call is safe."""


class SourceUnreadable(Unavailable):
    """A source of events cannot be read now; the platform itself answers."""


class Refused(Unavailable):
    """Not now; nothing was done. `retry_after_s`: before that another try is of no use."""

    def __init__(self, message: str, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class QuotaExceeded(Refused):
    """The quota of a lambda for scheduling is used up. `quota`: as `100/s, 250 at once`."""

    def __init__(self, message: str, retry_after_s: float, lambda_name: str, quota: str) -> None:
        super().__init__(message, retry_after_s)
        self.lambda_name, self.quota = lambda_name, quota


class Overloaded(Refused):
    """The platform takes less for now."""
