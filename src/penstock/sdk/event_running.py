"""An event lambda as an executor runs it: events in, and the first that failed named."""

from asyncio import CancelledError
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
from msgspec import structs

from penstock.model.event import Event as StoredEvent
from penstock.model.limits import SIGNATURE_BYTES_MAX
from penstock.model.outcomes import EventFailed, Undecodable
from penstock.model.running import RUNNING
from penstock.model.subscription import DataForm
from penstock.sdk.event import Event
from penstock.sdk.event_lambdas import AsyncEventLambda, EventLambda
from penstock.sdk.event_reading import EventReader, Reading
from penstock.sdk.runnable import Registration, first_line
from penstock.sdk.running import CONNECTION
from penstock.sdk.signature_schema import schema_of_type


class RunnableEventLambda:
    """Raises `TypeError` at construction for data of a type that cannot be read from JSON.

    A function of one event is called for each of a delivery, in their order, until one fails.
    """

    def __init__(self, made: EventLambda[Any, Any]) -> None:
        self.name: Final = made.name
        self.stream: Final = made.subscription.stream
        self.is_async: Final = isinstance(made, AsyncEventLambda)
        self.timeout_s: Final = made.policy.timeout_s
        self.cancel_grace_s: Final = made.cancel_grace_s
        self._connection = made.connection
        self._reader = EventReader(made.takes.data_type, made.name)
        self._run = _runner(made.function, made.takes.one_by_one, self.is_async)
        self._run_some = _runner_of_some(self._run, self.is_async)

    def decode(self, payload: bytes | Sequence[StoredEvent]) -> Reading:
        """The events up to the first that cannot be read; raises `Undecodable` when there is none before it."""
        if isinstance(payload, bytes):
            raise Undecodable(
                f"{self.name}: takes the events of {self.stream} and no arguments; publish an event instead of "
                "scheduling a task"
            )
        reading = self._reader.read(payload)
        if reading.trouble is not None and not reading.events:
            raise reading.trouble
        return reading

    def call(self, reading: Reading) -> Any:
        """Run the function; a coroutine if `is_async`. Raises `UndecodableEvent` when it is done with those before."""
        CONNECTION.set(self._connection)
        if reading.trouble is None:
            return self._run(reading.events)
        return self._run_some(reading)

    def encode(self, result: object) -> bytes:
        """Nothing: there is nobody who would read it."""
        return b""


def register_events(made: EventLambda[Any, Any], version: str) -> Registration:
    """The registration of an event lambda; raises `TypeError` as `RunnableEventLambda` does."""
    RunnableEventLambda(made)
    signature = msgspec.json.encode({"data": schema_of_type(made.takes.data_type)})
    return Registration(
        name=made.name,
        version=version,
        policy=made.policy,
        signature=signature if len(signature) <= SIGNATURE_BYTES_MAX else b"",
        description=first_line(made.__doc__),
        subscription=structs.replace(made.subscription, data_form=_form(made.takes.data_type)),
    )


def _form(data_type: object) -> DataForm:
    """Whoever takes bytes takes what is stored; typed data are read from JSON."""
    return DataForm.STORED if data_type is bytes else DataForm.JSON


def _runner(function: Callable[..., Any], one_by_one: bool, is_async: bool) -> Callable[[list[Event[Any]]], Any]:
    if not one_by_one:
        return function

    async def run_each(events: list[Event[Any]]) -> None:
        for event in events:
            try:
                _look_for_cancel()
                await function(event)
            except BaseException as error:  # of its cancel, too: those before it are done
                raise EventFailed(event) from error

    def run_each_plainly(events: list[Event[Any]]) -> None:
        for event in events:
            try:
                _look_for_cancel()
                function(event)
            except BaseException as error:
                raise EventFailed(event) from error

    return run_each if is_async else run_each_plainly


def _runner_of_some(run: Callable[[list[Event[Any]]], Any], is_async: bool) -> Callable[[Reading], Any]:
    async def run_some(reading: Reading) -> None:
        await run(reading.events)
        assert reading.trouble is not None
        raise reading.trouble

    def run_some_plainly(reading: Reading) -> None:
        run(reading.events)
        assert reading.trouble is not None
        raise reading.trouble

    return run_some if is_async else run_some_plainly


def _look_for_cancel() -> None:
    """A thread cannot be interrupted: between two events it stops by itself."""
    running = RUNNING.get()
    if running is not None and running.cancelled:
        raise CancelledError
