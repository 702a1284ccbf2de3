"""What the store's errors mean to a caller: try again, or the request is wrong. Anything else is a bug and stays."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from penstock.model.errors import InvalidInput, Unavailable

_WRONG_INPUT = (
    asyncpg.DataError,  # 22: a value that no column can keep
    asyncpg.ProgramLimitExceededError,  # 54
    asyncpg.CheckViolationError,
    asyncpg.NotNullViolationError,
    UnicodeEncodeError,
)
_TRY_AGAIN = (
    asyncpg.PostgresConnectionError,  # 08: the connection broke or was refused
    asyncpg.InterfaceError,  # it was closed under us
    asyncpg.InternalClientError,
    asyncpg.InsufficientResourcesError,  # 53: disk, memory or connections are used up
    asyncpg.OperatorInterventionError,  # 57: shut down, starting up, cancelled by a timeout
    asyncpg.TransactionRollbackError,  # 40: deadlock, serialization
    asyncpg.InvalidTransactionStateError,  # 25: a primary that became a standby, an idle transaction ended
    asyncpg.LockNotAvailableError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,  # no such database (yet)
    asyncpg.PostgresSystemError,  # 58: an input or output error of its machine
    OSError,
    asyncio.TimeoutError,
)


@contextmanager
def translated() -> Iterator[None]:
    """Turns the store's errors into `Unavailable` or `InvalidInput`."""
    try:
        yield
    except _WRONG_INPUT as error:
        raise _refused(error) from error
    except _TRY_AGAIN as error:
        if isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError):
            raise _refused(error) from error  # a value that does not fit its column's type
        raise Unavailable(f"the store did not answer: {_text(error)}") from error


def _refused(error: Exception) -> InvalidInput:
    return InvalidInput("request", f"the store cannot keep it: {_text(error)}")


def _text(error: BaseException) -> str:
    """On one line: details come on lines of their own."""
    return "; ".join(str(error).split("\n")) or type(error).__name__
