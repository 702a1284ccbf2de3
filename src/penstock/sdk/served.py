"""The lambdas of an app, by their full names."""

from collections.abc import Callable
from typing import Any, Final

from penstock.model.errors import InvalidInput
from penstock.model.names import check_name
from penstock.sdk.event_lambdas import EventLambda
from penstock.sdk.event_running import RunnableEventLambda, register_events
from penstock.sdk.lambdas import Lambda
from penstock.sdk.runnable import Registration, RunnableLambda, Runs, register


class Served:
    """What an app's code declares: tasks, and functions that subscribe. A name is one or the other."""

    def __init__(self, app_name: str) -> None:
        self._app_name = app_name
        self.tasks: Final[dict[str, Lambda[..., Any]]] = {}
        self.subscribers: Final[dict[str, EventLambda[Any, Any]]] = {}

    def free_name(self, name: str, function: Callable[..., Any]) -> str:
        """The full name of a new lambda; raises `InvalidInput` for what is no name, or is taken, and `TypeError` for a
        function that is a lambda already.
        """
        if isinstance(function, Lambda | EventLambda):
            raise TypeError(
                f"{function.name} is a lambda already: a function is a task, or it subscribes to one stream; "
                "write another function that calls the same code"
            )
        full_name = f"{self._app_name}.{check_name('name', name or getattr(function, '__name__', ''))}"
        if full_name in self.tasks or full_name in self.subscribers:
            raise InvalidInput("name", f"{full_name} is taken by another function of this app")
        return full_name

    def runnables(self) -> dict[str, Runs]:
        """As executors run them; raises `TypeError` for annotations that cannot be read from JSON."""
        tasks: dict[str, Runs] = {name: RunnableLambda(made) for name, made in self.tasks.items()}
        return tasks | {name: RunnableEventLambda(made) for name, made in self.subscribers.items()}

    def registrations(self, version: str) -> list[Registration]:
        """What a worker tells the platform; raises as `runnables` does."""
        tasks = [register(made, version) for made in self.tasks.values()]
        return tasks + [register_events(made, version) for made in self.subscribers.values()]
