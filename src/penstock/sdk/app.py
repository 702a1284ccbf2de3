"""An app: a group of lambdas with one owner, and the way to the platform that runs them."""

from collections.abc import AsyncIterable, Callable, Coroutine, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Final, ParamSpec, TypeVar, overload

from penstock.filters import Filter
from penstock.model.identity import parse_id
from penstock.model.lane import Priority
from penstock.model.names import check_lambda_name, check_name
from penstock.model.periodic import Definition
from penstock.sdk.bulk import schedule_many
from penstock.sdk.call import Call
from penstock.sdk.connection import Connection
from penstock.sdk.durations import Duration, seconds_of
from penstock.sdk.event import Event
from penstock.sdk.event_lambdas import EventDecorator, EventLambda, make_event_lambda
from penstock.sdk.handle import Handle
from penstock.sdk.lambdas import (
    AnyLambda,
    AsyncLambda,
    Lambda,
    PlainLambda,
    TaskDecorator,
    make_lambda,
    named_lambda,
)
from penstock.sdk.operations import Operations
from penstock.sdk.options import PriorityName
from penstock.sdk.periodic import (
    Declarations,
    MisfireName,
    OverlapName,
    check_arguments,
    make_definition,
    make_rhythm,
)
from penstock.sdk.pinging import ping
from penstock.sdk.planning import Batch
from penstock.sdk.publishing import publish, publish_many
from penstock.sdk.quota import NO_QUOTA, Quota
from penstock.sdk.retry import DEFAULT_RETRY, Retry, make_policy
from penstock.sdk.returns import OF_ANYTHING
from penstock.sdk.runnable import Registration, Runs
from penstock.sdk.served import Served
from penstock.sdk.startup import StartHook, running
from penstock.sdk.stopping import OnCancel, make_cancel_grace
from penstock.sdk.subscribing import Before, OrderName, StartName, WhenDeadName, Wish, check_named, make_subscription
from penstock.sdk.waiting import without_loop

P = ParamSpec("P")
R = TypeVar("R")
Hook = TypeVar("Hook", bound=StartHook)

_TIMEOUT_S_MAX: Final = 3_600.0


class App(Operations):
    """The full name of its lambda `send_email` is `mail.send_email`, if `name` is `mail`.

    `address`: host:port of the platform; else PENSTOCK_ADDRESS, or the nearest penstock.toml or
    .penstock/address. `timeout`: how long a request is repeated before it raises `Unavailable`.
    `strict`: refuse tasks of lambdas that no worker has registered, instead of keeping them until one does.
    """

    def __init__(
        self,
        name: str,
        *,
        address: str = "",
        namespace: str = "",
        timeout: Duration = 30.0,
        strict: bool = False,
    ) -> None:
        self.name: Final = check_name("app", name)
        self._connection = Connection(address, namespace, seconds_of("timeout", timeout, _TIMEOUT_S_MAX), strict)
        self._lambdas = Served(name)
        self._hooks: list[StartHook] = []
        self._declarations = Declarations()

    def __repr__(self) -> str:
        return f"<App {self.name}>"

    # ------------------------------------------------------------ what the app consists of

    @overload
    # A coroutine function is a plain function too: the first that fits is meant.
    def task(  # type: ignore[overload-overlap]
        self, function: Callable[P, Coroutine[Any, Any, R]], /
    ) -> AsyncLambda[P, R]: ...
    @overload
    def task(self, function: Callable[P, R], /) -> PlainLambda[P, R]: ...
    @overload
    def task(
        self,
        /,
        *,
        name: str = "",
        retry: Retry = DEFAULT_RETRY,
        timeout: Duration | None = None,
        quota: Quota = NO_QUOTA,
        on_cancel: OnCancel = "wait",
        cancel_grace: Duration | None = None,
    ) -> TaskDecorator: ...
    def task(
        self,
        function: Callable[..., Any] | None = None,
        /,
        *,
        name: str = "",
        retry: Retry = DEFAULT_RETRY,
        timeout: Duration | None = None,
        quota: Quota = NO_QUOTA,
        on_cancel: OnCancel = "wait",
        cancel_grace: Duration | None = None,
    ) -> Any:
        """Make a function a lambda: `@app.task`, or `@app.task(retry=..., timeout=..., name=...)`.

        `timeout`: of one attempt (600 s). At its end a coroutine is cancelled and has 5 s more to end; what it
        returns in them counts. If it does not hear, its executor takes no more work, lets its other tasks end
        and is then killed; for a plain function, which cannot be cancelled, so it goes at once. The attempt
        counts as timed out only when its code has stopped.

        `quota`: how many of its tasks may be scheduled and started a second, and its weight among others.
        `on_cancel`: what becomes of code that goes on after its cancel was requested. A coroutine is cancelled, a
        plain function sees `current_task().cancelled`. `"wait"`: it may end in its own time, up to its timeout, and
        what it returns counts. `"kill"`: it has `cancel_grace` (5 s) for that; then its executor takes no more work,
        lets its other tasks end and is killed, and the task is cancelled.

        Raises `TypeError` for a function that cannot be one, and `InvalidInput` for a name or a number that
        is not allowed.
        """
        policy = make_policy(retry, timeout, quota)
        cancel_grace_s = make_cancel_grace(on_cancel, cancel_grace)

        def make(function: Callable[..., Any]) -> Lambda[..., Any]:
            full_name = self._lambdas.free_name(name, function)
            made = make_lambda(self._connection, full_name, function, policy, cancel_grace_s)
            self._lambdas.tasks[full_name] = made
            return made

        return TaskDecorator(make) if function is None else make(function)

    def periodic(
        self,
        cron: str = "",
        /,
        *,
        tz: str = "",
        every: Duration | None = None,
        anchor: datetime | None = None,
        name: str = "",
        arguments: Mapping[str, Any] | None = None,
        misfire: MisfireName = "once",
        overlap: OverlapName = "allow",
        jitter: Duration = 0.0,
        priority: PriorityName | Priority = Priority.NORMAL,
        collection: str = "",
    ) -> TaskDecorator:
        """Schedule a task again and again: `@app.periodic("0 9 * * MON-FRI", tz="Europe/Berlin")`.

        Either a `cron` expression of five fields in the wall time of `tz` (an IANA name; UTC), or `every` so often,
        counted from `anchor` (1970). Put it on a function, which becomes a lambda, or above `@app.task(...)`. The
        schedule is named as the lambda, or `name`. Each tick makes one task with these `arguments`; what the lambda
        reads as `current_task().scheduled_at_us` is the tick.

        `misfire`: of ticks that no scheduler saw within a minute, `skip` all, make the last one's task `once`, or
        `all`.
        `overlap`: while the last task has not ended, `allow` another, `skip` the tick, or `queue` it. `jitter`: each
        task is made up to so much later. The platform learns of it when a worker of the app starts; a schedule that
        is no longer in the code by then makes no more tasks. docs/periodic.md has it all.

        Raises `InvalidInput` for what is not allowed, and `WrongArguments` for what the function cannot be called with.
        """
        rhythm = make_rhythm(cron, every, tz, anchor)
        given = check_arguments(arguments)

        def make(function: Any) -> Lambda[..., Any]:
            made: Lambda[..., Any] = function if isinstance(function, Lambda) else self.task(function)
            self._declarations.add(
                make_definition(
                    name or made.name,
                    made.name,
                    rhythm,
                    made.call(**given).payload,
                    misfire=misfire,
                    overlap=overlap,
                    jitter=jitter,
                    priority=priority,
                    collection=collection,
                )
            )
            return made

        return TaskDecorator(make)

    def on(
        self,
        stream: str,
        /,
        *,
        order: OrderName = "subject",
        batch: int = 100,
        types: Iterable[str] = (),
        attributes: Mapping[str, str] | None = None,
        filter: Filter | None = None,  # noqa: A002 - CloudEvents' word
        start: StartName | datetime = "now",
        after: Iterable[Before] = (),
        when_dead: WhenDeadName = "block",
        name: str = "",
        retry: Retry = DEFAULT_RETRY,
        timeout: Duration | None = None,
        quota: Quota = NO_QUOTA,
        on_cancel: OnCancel = "wait",
        cancel_grace: Duration | None = None,
    ) -> EventDecorator:
        """Give a function the events of a stream: `@app.on("files")` above `async def index(events: list[Event])`, or
        above a function of one `Event`. `Event[FileChanged]` has data of that type.

        `order`: each event of a subject after the one before it, or the `"latest"` only. `batch`: events that a call is
        given at most; they are of one subject. `types` (`"file.*"`: all that begin so), `attributes` (extensions and
        their values) and `filter` (made with `penstock.filters`, or JSON of the CloudEvents Subscriptions API): which
        events it wants, those that pass all of them. `start`: where it begins when it is new: `"now"`, at the
        `"beginning"`, or after what was stored by a moment. `after`: lambdas that go first: it sees a subject as far
        as all of them have completed it. `when_dead`: when an event has used up its attempts, its subject waits for
        somebody (`"block"`), or goes on after it: lambdas that go after this one are not given it (`"skip"`), or are
        (`"pass"`).

        The others are as for `task`; an attempt is one call. What it raises stands for all events of the call, unless
        it is an `EventFailed`, which names the first that failed. docs/subscriptions.md has it all.

        Raises `InvalidInput` for what is not allowed, and `TypeError` for a function that does not take events.
        """
        check_named(stream)
        policy = make_policy(retry, timeout, quota)
        cancel_grace_s = make_cancel_grace(on_cancel, cancel_grace)
        how = Wish(stream, order, batch, types, attributes, filter, start, after, when_dead)

        def make(function: Callable[..., Any]) -> EventLambda[Any, Any]:
            full_name = self._lambdas.free_name(name, function)
            made = make_event_lambda(
                self._connection, full_name, function, make_subscription(full_name, how), policy, cancel_grace_s
            )
            self._lambdas.subscribers[full_name] = made
            return made

        return EventDecorator(make)

    def on_start(self, hook: Hook) -> Hook:
        """Run `hook` once in every executor process, before its first task.

        A function, a coroutine function, or either with one `yield`: what follows it runs at the end.
        """
        self._hooks.append(hook)
        return hook

    # ------------------------------------------------------------ scheduling

    def lambda_(self, name: str) -> AnyLambda[..., Any]:
        """A lambda by its full name, such as `billing.charge`; raises `InvalidInput`."""
        return named_lambda(self._connection, check_lambda_name(name))

    def handle(self, task_id: str) -> Handle[Any]:
        """The handle of a task that was scheduled elsewhere; raises `InvalidInput`."""
        return Handle(self._connection, parse_id(task_id), OF_ANYTHING)

    async def schedule_many(self, calls: Iterable[Call[R]] | AsyncIterable[Call[R]]) -> list[Handle[R]]:
        """Store many tasks, a thousand a request: `send_email.call(...)`s out of any iterable or generator.

        One handle a call, in order. Raises `ScheduleProblems` at the end when some could not be stored; it
        has the handles of the others. When the platform stops answering, the rest isn't asked for.
        """
        return await schedule_many(self._connection, calls)

    def schedule_many_sync(self, calls: Iterable[Call[R]]) -> list[Handle[R]]:
        """`schedule_many` for code without an event loop."""
        return without_loop("schedule_many", self.schedule_many(calls))

    def batch(self) -> Batch:
        """Tasks that are stored together, so that some can wait for others of them: `async with app.batch() as batch`,
        then `first = batch.add(f.call(1))` and `batch.add(g.options(parents=[first]).call())`.
        """
        return Batch(self._connection)

    # ------------------------------------------------------------ events

    async def publish(
        self,
        stream: str,
        *,
        subject: str,
        type: str,  # noqa: A002 - CloudEvents' word
        data: Any = None,
        source: str = "",
        id: str = "",  # noqa: A002 - CloudEvents' word
        time: datetime | None = None,
        content_type: str = "",
        extensions: Mapping[str, str] | None = None,
        expected: int | None = None,
    ) -> int:
        """Store an event and answer its sequence: when this returns, it is on disk. `Event` says what each field is.

        Raises `InvalidInput`, `TypeError` for data without a JSON form, `SequenceConflict` when the subject has not
        reached `expected`, or has passed it, and `Unavailable` when the platform does not answer.
        """
        event = Event(stream, subject, type, data, source, id, time, content_type, extensions or {}, expected)
        return await publish(self._connection, self.name, event)

    def publish_sync(
        self,
        stream: str,
        *,
        subject: str,
        type: str,  # noqa: A002 - CloudEvents' word
        data: Any = None,
        source: str = "",
        id: str = "",  # noqa: A002 - CloudEvents' word
        time: datetime | None = None,
        content_type: str = "",
        extensions: Mapping[str, str] | None = None,
        expected: int | None = None,
    ) -> int:
        """`publish` for code without an event loop."""
        event = Event(stream, subject, type, data, source, id, time, content_type, extensions or {}, expected)
        return without_loop("publish", publish(self._connection, self.name, event))

    async def publish_many(self, events: Iterable[Event] | AsyncIterable[Event]) -> list[int]:
        """Store events in their order, up to a thousand a request, out of any iterable or generator.

        One sequence an event. Each request is stored as a whole or not at all; it goes when the one before it is
        stored. Raises `PublishStopped`, which has the sequences of those that are stored, when one was not; where none
        is stored before it, what `publish` raises.
        """
        return await publish_many(self._connection, self.name, events)

    def publish_many_sync(self, events: Iterable[Event]) -> list[int]:
        """`publish_many` for code without an event loop."""
        return without_loop("publish_many", self.publish_many(events))

    async def ping(self, stream: str, *, subject: str, sequence: int) -> bool:
        """Say that a subject has come to this sequence at its source, after your own commit: a hint, so that its event
        is handed over now and not when the source is looked through.

        Whether the platform has taken it: it is asked for a second at most, and nothing is lost if it has not. Native
        streams need no pings. Raises `InvalidInput`, and `NotFound` for a stream that nobody knows.
        """
        return await ping(self._connection, stream, subject, sequence)

    def ping_sync(self, stream: str, *, subject: str, sequence: int) -> bool:
        """`ping` for code without an event loop."""
        return without_loop("ping", ping(self._connection, stream, subject, sequence))

    # ------------------------------------------------------------ the way to the platform

    def connect(self, address: str, namespace: str = "") -> None:
        """Use this platform from now on; nothing is sent yet."""
        self._connection.point_at(address, namespace)

    def close(self) -> None:
        """Close this process's connection: waits end with `Unavailable`. The next use opens it again."""
        self._connection.close()

    async def aclose(self) -> None:
        """`close`, for `contextlib.aclosing` and the like."""
        self._connection.close()

    # ------------------------------------------------------------ what a worker asks

    def lambdas(self) -> Mapping[str, Runs]:
        """What executors run, by full name; raises `TypeError` for annotations that cannot be read from JSON."""
        return self._lambdas.runnables()

    def registrations(self, version: str = "") -> list[Registration]:
        """What a worker tells the platform; raises as `lambdas` does."""
        return self._lambdas.registrations(version)

    def schedules(self) -> list[Definition]:
        """What `periodic` declares, for the worker to tell the platform."""
        return self._declarations.all()

    def running(self) -> AbstractAsyncContextManager[None]:
        """The start-up hooks, entered in their order and left in the reverse."""
        return running(self._hooks)
