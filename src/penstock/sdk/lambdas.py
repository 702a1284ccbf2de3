"""Lambdas as users hold them: decorated functions, and lambdas known by name."""

import functools
import inspect
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import datetime
from typing import Any, ParamSpec, TypeVar, cast, overload

import msgspec

from penstock.model.identity import parse_id
from penstock.model.lane import Priority
from penstock.model.policy import LambdaPolicy
from penstock.sdk.binding import Binding, bind_by_name
from penstock.sdk.call import Kind
from penstock.sdk.connection import Connection
from penstock.sdk.durations import Duration
from penstock.sdk.handle import Handle
from penstock.sdk.options import NO_OPTIONS, PriorityName, make_options
from penstock.sdk.parents import Parent, ParentFailureName, parent_failure_of, references_of
from penstock.sdk.payload import encode_arguments
from penstock.sdk.returns import OF_ANYTHING, ResultReader
from penstock.sdk.schedulable import Encode, Schedulable

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class AnyLambda(Schedulable[P, R_co]):
    """A lambda without options as yet."""

    @property
    def name(self) -> str:
        """The full name, `app.lambda`."""
        return self._kind.lambda_name

    def options(
        self,
        *,
        delay: Duration | None = None,
        at: datetime | None = None,
        priority: PriorityName | Priority = Priority.NORMAL,
        collection: str = "",
        key: str | None = None,
        key_life: Duration | None = None,
        attributes: Mapping[str, str] | None = None,
        parents: Iterable[Parent] = (),
        on_parent_failure: ParentFailureName = "cancel",
    ) -> Schedulable[P, R_co]:
        """The same lambda, to be scheduled later, first, or once.

        `delay` from now, or `at` a moment with a timezone; `collection`: a label by which tasks can be gated;
        `key`: a second task with this key is the first one, for `key_life` (7 days); `attributes`: up to 8 short words
        to find tasks by, such as {"customer": "7"}. `parents`: handles or ids of tasks, or what `batch.add` gave, whose
        success it waits for; when one of them ends otherwise it is cancelled, or with `on_parent_failure="continue"`
        that one counts as done. docs/chains.md has it all. Raises `InvalidInput`.
        """
        references = references_of(parents)
        chosen = make_options(
            delay=delay,
            at=at,
            priority=priority,
            collection=collection,
            key=key,
            key_life=key_life,
            attributes=attributes,
            parents=references,
            on_parent_failure=parent_failure_of(on_parent_failure, bool(references)),
        )
        return Schedulable(self._connection, msgspec.structs.replace(self._kind, options=chosen), self._encode)

    def handle(self, task_id: str) -> Handle[R_co]:
        """The handle of a task of this lambda that was scheduled elsewhere; raises `InvalidInput`."""
        return Handle(self._connection, parse_id(task_id), self._kind.returns)

    def __repr__(self) -> str:
        return f"<lambda {self.name}>"


class Lambda(AnyLambda[P, R_co]):
    """A decorated function. It can still be called; that runs it here, and schedules nothing."""

    def __init__(
        self,
        connection: Connection,
        name: str,
        function: Callable[P, Any],
        policy: LambdaPolicy,
        cancel_grace_s: float | None = None,
    ) -> None:
        self.function, self.policy, self.cancel_grace_s = function, policy, cancel_grace_s
        self.binding = Binding(function, name)
        kind = Kind(name, NO_OPTIONS, ResultReader(name, function))
        super().__init__(connection, kind, _encode_bound(self.binding, name))
        functools.update_wrapper(cast("Any", self), function)

    @property
    def connection(self) -> Connection:
        """The way of its app to the platform."""
        return self._connection

    @property
    def returns_type(self) -> Any:
        """The return annotation; raises `TypeError` when it cannot be resolved."""
        return self._kind.returns.type


class AsyncLambda(Lambda[P, R_co]):
    """An `async def`: runs on the executor's event loop."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R_co]:
        coroutine: Coroutine[Any, Any, R_co] = self.function(*args, **kwargs)
        return coroutine


class PlainLambda(Lambda[P, R_co]):
    """A plain function: runs on a thread of the executor's."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        result: R_co = self.function(*args, **kwargs)
        return result


def named_lambda(connection: Connection, name: str) -> AnyLambda[..., Any]:
    """A lambda whose code is elsewhere: its arguments are given by name and are checked by its worker."""
    return AnyLambda(
        connection,
        Kind(name, NO_OPTIONS, OF_ANYTHING),
        lambda args, kwargs: encode_arguments(name, bind_by_name(name, args, kwargs)),
    )


def make_lambda(
    connection: Connection,
    name: str,
    function: Callable[P, Any],
    policy: LambdaPolicy,
    cancel_grace_s: float | None = None,
) -> Lambda[P, Any]:
    """The kind that fits the function; raises `TypeError` for one that cannot be a task."""
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{name} is a generator: a task returns once; return a list instead")
    if inspect.iscoroutinefunction(function):
        return AsyncLambda(connection, name, function, policy, cancel_grace_s)
    if not inspect.isfunction(function):
        raise TypeError(f"{name}: {function!r} is not a function")
    return PlainLambda(connection, name, function, policy, cancel_grace_s)


class TaskDecorator:
    """What `@app.task(...)` with options is: still to be given its function."""

    def __init__(self, make: Callable[[Callable[..., Any]], Lambda[..., Any]]) -> None:
        self._make = make

    @overload
    # A coroutine function is a plain function too: the first that fits is meant.
    def __call__(  # type: ignore[overload-overlap]
        self, function: Callable[P, Coroutine[Any, Any, R_co]], /
    ) -> AsyncLambda[P, R_co]: ...
    @overload
    def __call__(self, function: Callable[P, R_co], /) -> PlainLambda[P, R_co]: ...
    def __call__(self, function: Callable[..., Any], /) -> Lambda[..., Any]:
        """The lambda."""
        return self._make(function)


def _encode_bound(binding: Binding, name: str) -> Encode:
    bind = binding.bind
    return lambda args, kwargs: encode_arguments(name, bind(args, kwargs))
