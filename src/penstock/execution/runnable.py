"""What execution needs of a lambda. The SDK's lambdas have this shape; so may anybody's."""

from collections.abc import Callable
from typing import Any, Protocol


class Runnable(Protocol):
    """A lambda that can be run here. `call` may raise anything; so may the result it returns when encoded."""

    @property
    def name(self) -> str:
        """The full name, `app.lambda`."""

    @property
    def stream(self) -> str:
        """Whose events it takes; "": it takes tasks."""

    @property
    def is_async(self) -> bool:
        """True: `call` answers an awaitable and runs on the users' loop. False: it runs on a thread."""

    @property
    def timeout_s(self) -> float: ...

    @property
    def cancel_grace_s(self) -> float | None:
        """When its process is killed after a cancel that its code does not hear; None: not for that."""

    @property
    def decode(self) -> Callable[[Any], Any]:
        """The arguments in the payload of a task (bytes), or the events of a delivery (a list of `model.event.Event`).

        Raises `Undecodable` when it does not fit, `UndecodableEvent` when the first event does not. When a later one
        does not, `call` runs the code for those before it, and then raises that.
        """

    def call(self, arguments: Any, /) -> Any:
        """Run the lambda's code."""

    @property
    def encode(self) -> Callable[[Any], bytes]:
        """The result as JSON; raises `UnfitResult` for one that its reader could not read."""
