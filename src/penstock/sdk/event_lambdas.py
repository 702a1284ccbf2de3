"""Lambdas that are given the events of a stream, as users hold them."""

import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, TypeVar, cast, overload

from penstock.model.policy import LambdaPolicy
from penstock.model.subscription import SubscriptionSpec
from penstock.sdk.connection import Connection
from penstock.sdk.event import Event
from penstock.sdk.event_signature import what_it_takes

D = TypeVar("D")
E_contra = TypeVar("E_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)

_WORDS_OF_TASKS: Final = frozenset({"apply_async", "call", "delay", "options", "schedule", "schedule_sync"})


class EventLambda(Generic[E_contra, R_co]):
    """A decorated function that subscribes to a stream. It can still be called; that runs it here, and no more."""

    def __init__(
        self,
        connection: Connection,
        name: str,
        function: Callable[..., Any],
        subscription: SubscriptionSpec,
        policy: LambdaPolicy,
        cancel_grace_s: float | None,
    ) -> None:
        self.connection, self.name, self.function = connection, name, function
        self.subscription, self.policy, self.cancel_grace_s = subscription, policy, cancel_grace_s
        self.takes = what_it_takes(function, name)
        functools.update_wrapper(cast("Any", self), function)

    def __repr__(self) -> str:
        return f"<lambda {self.name} on {self.subscription.stream}>"

    if not TYPE_CHECKING:  # a type checker shall see that these don't exist

        def __getattr__(self, word: str) -> NoReturn:
            problem = f"{type(self).__name__} has no {word!r}"
            if word in _WORDS_OF_TASKS:
                stream = self.__dict__["subscription"].stream
                problem = (
                    f"{self.__dict__['name']} takes the events of {stream} and is not scheduled: "
                    f"`await app.publish({stream!r}, ...)` an event, or make what is to be scheduled with @app.task"
                )
            raise AttributeError(problem, name=word, obj=self)


class AsyncEventLambda(EventLambda[E_contra, R_co]):
    """An `async def`: runs on the executor's event loop."""

    def __call__(self, events: E_contra, /) -> Coroutine[Any, Any, R_co]:
        coroutine: Coroutine[Any, Any, R_co] = self.function(events)
        return coroutine


class PlainEventLambda(EventLambda[E_contra, R_co]):
    """A plain function: runs on a thread of the executor's."""

    def __call__(self, events: E_contra, /) -> R_co:
        result: R_co = self.function(events)
        return result


def make_event_lambda(
    connection: Connection,
    name: str,
    function: Callable[..., Any],
    subscription: SubscriptionSpec,
    policy: LambdaPolicy,
    cancel_grace_s: float | None,
) -> EventLambda[Any, Any]:
    """The kind that fits the function; raises `TypeError` for one that cannot take events."""
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{name} is a generator: what subscribes returns once, when it is done with its events")
    if not inspect.isfunction(function):
        raise TypeError(f"{name}: {function!r:.80} is not a function")
    kind = AsyncEventLambda if inspect.iscoroutinefunction(function) else PlainEventLambda
    return kind(connection, name, function, subscription, policy, cancel_grace_s)


class EventDecorator:
    """What `@app.on(...)` is: still to be given its function."""

    def __init__(self, make: Callable[[Callable[..., Any]], EventLambda[Any, Any]]) -> None:
        self._make = make

    # A coroutine function is a plain function too: the first that fits is meant.
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self, function: Callable[[list[Event[D]]], Coroutine[Any, Any, R_co]], /
    ) -> AsyncEventLambda[list[Event[D]], R_co]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self, function: Callable[[Event[D]], Coroutine[Any, Any, R_co]], /
    ) -> AsyncEventLambda[Event[D], R_co]: ...
    @overload
    def __call__(self, function: Callable[[list[Event[D]]], R_co], /) -> PlainEventLambda[list[Event[D]], R_co]: ...
    @overload
    def __call__(self, function: Callable[[Event[D]], R_co], /) -> PlainEventLambda[Event[D], R_co]: ...
    def __call__(self, function: Callable[..., Any], /) -> EventLambda[Any, Any]:
        """The lambda."""
        return self._make(function)
