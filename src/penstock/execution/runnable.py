"""What execution needs of a lambda. The SDK's lambdas have this shape; so may anybody's."""

from typing import Any, Protocol


class Runnable(Protocol):
    """A lambda that can be run here. `call` may raise anything; so may the result it returns when encoded."""

    @property
    def name(self) -> str:
        """The full name, `app.lambda`."""

    @property
    def is_async(self) -> bool:
        """True: `call` answers an awaitable and runs on the users' loop. False: it runs on a thread."""

    @property
    def timeout_s(self) -> float: ...

    @property
    def cancel_grace_s(self) -> float | None:
        """When its process is killed after a cancel that its code does not hear; None: not for that."""

    def decode(self, payload: bytes) -> Any:
        """The arguments in a payload; raises `Undecodable` when it does not fit."""

    def call(self, arguments: Any) -> Any:
        """Run the lambda's code."""

    def encode(self, result: Any) -> bytes:
        """The result as JSON; raises `UnfitResult` for one that its reader could not read."""
