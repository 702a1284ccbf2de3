"""How channels to the platform are set up."""

from typing import Any, Final

import grpc

from penstock.model.errors import InvalidInput, NotAuthenticated, NotPermitted, PenstockError, Unavailable
from penstock.model.limits import MESSAGE_BYTES_MAX
from penstock.wire.credentials import Credentials

OPTIONS: Final = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.max_send_message_length", MESSAGE_BYTES_MAX),
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.use_local_subchannel_pool", 1),
)
_FINAL: Final = frozenset(
    {
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.OUT_OF_RANGE,
    }
)

_REFUSED: Final[dict[grpc.StatusCode, type[PenstockError]]] = {
    grpc.StatusCode.UNAUTHENTICATED: NotAuthenticated,
    grpc.StatusCode.PERMISSION_DENIED: NotPermitted,
}


def open_channel(address: str, credentials: Credentials) -> grpc.aio.Channel:
    """On the running loop. Raises `InvalidInput` for files that cannot be read."""
    secure = credentials.channel_credentials()
    if secure is None:
        return grpc.aio.insecure_channel(address, options=OPTIONS)
    return grpc.aio.secure_channel(address, secure, options=OPTIONS)


def refused(error: BaseException) -> PenstockError | None:
    """The platform does not know us, or does not let us: `None` for any other trouble."""
    code = getattr(error, "code", None)
    kind = _REFUSED.get(code()) if callable(code) else None
    return kind(_text(error)) if kind else None


def translated(error: BaseException, whom: str) -> PenstockError:
    """`Unavailable` for what may work again, `InvalidInput` for what never will.

    A token that is refused may work again: it may be exchanged, and until then the leases of what runs go on by
    themselves to their end.
    """
    code = getattr(error, "code", None)
    if callable(code) and code() in _FINAL:
        return InvalidInput(whom, _text(error))
    return Unavailable(f"{whom} did not answer: {_text(error)}")


def _text(error: Any) -> str:
    details = getattr(error, "details", None)
    return str(details()) if callable(details) else str(error) or type(error).__name__
