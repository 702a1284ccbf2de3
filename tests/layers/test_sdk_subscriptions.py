"""`@app.on`: what it makes of a function, and what it refuses."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from types import FunctionType
from typing import Annotated, Any

import msgspec
import pydantic
import pytest

from penstock import App, Event, EventFailed, InvalidInput, Retry
from penstock.filters import all_of, any_of, exact, not_, prefix, sql, suffix
from penstock.model.delivery import Span
from penstock.model.event import JSON
from penstock.model.event import Event as Stored
from penstock.model.identity import TaskId
from penstock.model.lane import Priority
from penstock.model.outcomes import Undecodable, UndecodableEvent
from penstock.model.policy import DEFAULT_POLICY
from penstock.model.running import RUNNING, RunningTask
from penstock.model.subscription import EventFilter, Order, SubscriptionSpec, WhenDead


@dataclass
class Change:
    size: int


class Model(pydantic.BaseModel):
    size: int


def stored(sequence: int = 7, data: bytes = b'{"size": 3}', content_type: str = JSON, **more: Any) -> Stored:
    given: dict[str, Any] = {
        "stream": "files",
        "subject": "a.txt",
        "sequence": sequence,
        "appended_at_us": 2,
        "source": "disk",
        "id": "e1",
        "type": "file.changed",
        "time_us": 1_764_000_000_123_456,
        "content_type": content_type,
        "data": data,
        "extensions": {"region": "eu"},
    }
    return Stored(**(given | more))


@pytest.fixture
def app() -> App:
    return App("search")


def run(app: App, name: str, *events: Stored) -> Any:
    """As an executor does."""
    runnable = app.lambdas()[f"search.{name}"]
    made = runnable.call(runnable.decode(events))
    return asyncio.run(made) if runnable.is_async else made


# ------------------------------------------------------------ what it makes


def test_it_is_still_its_function(app: App) -> None:
    @app.on("files")
    async def index(events: list[Event]) -> int:
        """Index them.

        More words.
        """
        return len(events)

    @app.on("files", name="plain-one")
    def plain(event: Event) -> str:
        return event.subject

    event = Event("files", "a.txt", "file.changed")
    assert asyncio.run(index([event, event])) == 2
    assert plain(event) == "a.txt"
    assert (index.name, plain.name) == ("search.index", "search.plain-one")
    assert inspect.getdoc(index) == "Index them.\n\nMore words."
    assert list(inspect.signature(index).parameters) == ["events"]
    assert repr(index) == "<lambda search.index on files>"


def test_the_least_that_can_be_said(app: App) -> None:
    @app.on("files")
    async def index(events: list[Event]) -> None: ...

    assert index.subscription == SubscriptionSpec("files")
    assert index.policy == DEFAULT_POLICY
    registration = app.registrations("v1")[0]
    assert (registration.name, registration.version) == ("search.index", "v1")
    assert registration.subscription == index.subscription
    assert msgspec.json.decode(registration.signature) == {"data": {}}


def test_all_that_can_be_said(app: App) -> None:
    @app.on("files")
    async def index(events: list[Event]) -> None: ...

    @app.on(
        "files",
        order="latest",
        batch=7,
        types=["file.*", "folder.made"],
        attributes={"tier": "1", "region": "eu"},
        start=datetime(2026, 1, 1, tzinfo=UTC),
        after=[index, "audit.write"],
        when_dead="skip",
        retry=Retry(max_attempts=3),
        timeout=9,
        on_cancel="kill",
        cancel_grace=2,
    )
    def preview(event: Event[Change]) -> None:
        """Make one."""

    assert preview.subscription == SubscriptionSpec(
        stream="files",
        order=Order.LATEST,
        batch_max=7,
        wanted=EventFilter(("file.*", "folder.made"), (("region", "eu"), ("tier", "1"))),
        start_at_us=1_767_225_600_000_000,
        after=("search.index", "audit.write"),
        when_dead=WhenDead.SKIP,
    )
    assert (preview.policy.attempts_max, preview.policy.timeout_s) == (3, 9)
    registration = app.registrations()[1]
    assert registration.description == "Make one."
    assert b'"size"' in registration.signature
    runnable = app.lambdas()["search.preview"]
    assert (runnable.is_async, runnable.timeout_s, runnable.cancel_grace_s) == (False, 9, 2)
    assert runnable.stream == "files"


def test_tasks_stand_beside_them_and_have_no_subscription(app: App) -> None:
    @app.task
    async def task() -> None: ...

    @app.on("files", start="beginning")
    async def index(events: list[Event]) -> None: ...

    assert [(each.name, each.subscription is None) for each in app.registrations()] == [
        ("search.task", True),
        ("search.index", False),
    ]
    assert {name: each.stream for name, each in app.lambdas().items()} == {"search.task": "", "search.index": "files"}
    assert index.subscription.start_at_us == 0


# ------------------------------------------------------------ what functions may take


def test_a_list_may_be_written_in_several_ways(app: App) -> None:
    seen: list[Event] = []

    @app.on("files")
    def one(events: Sequence[Event[Change]]) -> None:
        seen.extend(events)

    @app.on("files")
    def two(events: "list[Event]") -> None:
        seen.extend(events)

    @app.on("files")
    def three(events: Annotated[list[Event], "all of them"], *, places: int = 3) -> None:
        seen.extend(events)

    for name in ("one", "two", "three"):
        run(app, name, stored())
    assert [event.data for event in seen] == [Change(3), {"size": 3}, {"size": 3}]


def test_what_is_wrapped_elsewhere_is_read_where_it_was_written(app: App) -> None:
    written: dict[str, Any] = {"Event": Event, "Change": Change}
    exec("def keep(events: 'list[Event[Change]]') -> None: ...", written)
    wrapper = FunctionType((lambda events: None).__code__, {"nothing": "here"}, "keep")
    made: Any = app.on("files")(wraps(written["keep"])(wrapper))
    assert (made.name, made.takes.data_type, made.takes.one_by_one) == ("search.keep", Change, False)


def refusals() -> Iterator[tuple[Callable[..., Any], str]]:
    def nothing() -> None: ...

    yield nothing, "search.nothing has no parameter for its events; write `events: list"

    def named_only(*, events: list[Event]) -> None: ...

    yield named_only, "search.named_only has no parameter for its events"

    def untyped(events) -> None: ...  # type: ignore[no-untyped-def]

    yield untyped, r"search.untyped: its parameter 'events' has no type; write `events: list\[Event\]`, or `event: Ev"

    def numbers(events: list[int]) -> None: ...

    yield numbers, r"'events' is annotated `list\[int\]`, and it is given events; write `events: list\[Event\]`"

    def number(event: int) -> None: ...

    yield number, "'event' is annotated `int`, and it is given events"

    def anything(event: Any) -> None: ...

    yield anything, "'event' is annotated `.*Any`, and it is given events"

    def bare(events: list) -> None: ...  # type: ignore[type-arg]

    yield bare, "'events' is annotated `list`, and it is given events"


def refusals_of_other_things() -> Iterator[tuple[Callable[..., Any], str]]:
    def several(events: list[Event], place: str) -> None: ...

    yield several, "search.several: nobody fills its parameter 'place': it is given events, and no more"

    def method(self: Event) -> None: ...

    yield method, "search.method is a method; what subscribes is a function of a module"

    def unknown(events: "list[Evnt]") -> None: ...  # type: ignore[name-defined]  # noqa: F821

    yield unknown, r"the type of its parameter 'events', list\[Evnt\], cannot be found: name 'Evnt' is not defined"

    def generator(events: list[Event]) -> Iterator[None]:
        yield

    yield generator, "search.generator is a generator: what subscribes returns once"

    async def async_generator(events: list[Event]) -> AsyncIterator[None]:
        yield

    yield async_generator, "search.async_generator is a generator"


@pytest.mark.parametrize(
    ("function", "words"),
    [pytest.param(*each, id=each[0].__name__) for each in [*refusals(), *refusals_of_other_things()]],
)
def test_a_function_that_takes_no_events_is_refused_where_it_is_written(
    app: App, function: Callable[..., Any], words: str
) -> None:
    with pytest.raises(TypeError, match=words):
        app.on("files")(function)
    assert app.lambdas() == {}, "nothing of it stays"


def test_a_lambda_is_a_task_or_subscribes(app: App) -> None:
    @app.task
    def task(event: Event) -> None: ...

    words = r"search.task is a lambda already: a function is a task, or it subscribes to one stream; write another"
    with pytest.raises(TypeError, match=words):
        app.on("files")(task)

    @app.on("files")
    def index(event: Event) -> None: ...

    for wrong in (app.task(name="again"), app.on("orders"), app.periodic(every=60)):
        with pytest.raises(TypeError, match=r"search.index is a lambda already"):
            wrong(index)
    with pytest.raises(TypeError, match="is not a function"):
        app.on("files", name="other")(print)
    with pytest.raises(InvalidInput, match=r"name: search.index is taken by another function of this app"):
        app.on("files", name="index")(lambda event: None)
    with pytest.raises(InvalidInput, match=r"name: search.task is taken by another function of this app"):
        app.on("files", name="task")(lambda event: None)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"order": "subjects"}, "order: 'subjects' is none of subject, latest, none"),
        ({"order": None}, "order: None is none of subject"),
        ({"batch": 0}, "batch: 0 is outside of 1 to 1000"),
        ({"batch": "10"}, "batch: '10' is not a whole number"),
        ({"types": "file.changed"}, r"types: 'file.changed' is no list; write types=\[...\], even for one"),
        ({"types": [7]}, "types: 7 is not text"),
        ({"types": None}, "types: None is no list"),
        ({"attributes": ["region"]}, r"attributes: \['region'\] is no mapping"),
        ({"attributes": {"region": 7}}, "7 is not text"),
        ({"attributes": {7: "eu"}}, "attributes: {7: 'eu'} is no mapping"),
        ({"attributes": {"Region": "eu"}}, "attributes: 'Region' is not the name of one"),
        ({"filter": {}}, "filter: names 0 dialects"),
        ({"filter": "type = 'x'"}, "filter: \"type = 'x'\" is no object of one dialect"),
        ({"filter": any_of()}, "filter.any: an empty array should be a list of one filter at least"),
        ({"filter": any_of(exact(type="x"), exact(Type="x"))}, r"filter.any\[1\].exact: 'Type' is no attribute"),
        ({"filter": not_(sql("type LIKE x"))}, "filter.not.sql: at character 11: a text in quotes, the pattern,"),
        ({"start": "yesterday"}, "start: 'yesterday' is no start; use 'now', 'beginning', or a datetime with a time"),
        ({"start": datetime(2026, 1, 1)}, "start: 2026-01-01 00:00:00 has no timezone"),  # noqa: DTZ001
        ({"start": 0}, "start: 0 is no start"),
        ({"after": "search.index"}, r"after: 'search.index' is no list; write after=\[...\], even for one"),
        ({"after": ["index"]}, "after: 'index' has no dot; a lambda's full name is app.lambda"),
        ({"after": [print]}, "after: <built-in function print> is no lambda that takes events; name one that is made"),
        ({"after": ["search.it"]}, "after: names search.it itself"),
        ({"when_dead": "ignore"}, "when_dead: 'ignore' is none of block, skip"),
        ({"name": "It"}, "name: 'It' is not a name"),
        ({"timeout": -1}, "timeout: -1 seconds are outside"),
        ({"cancel_grace": 1}, "cancel_grace: goes with on_cancel='kill'"),
    ],
)
def test_what_is_not_allowed_is_refused_where_it_is_written(app: App, wrong: dict[str, Any], words: str) -> None:
    def it(event: Event) -> None: ...

    with pytest.raises(InvalidInput, match=words):
        app.on("files", **wrong)(it)
    assert app.registrations() == []


def test_a_filter_is_kept_as_the_json_of_the_subscriptions_api(app: App) -> None:
    wanted = all_of(prefix(type="file."), suffix(subject=".txt"), not_(any_of(exact(tenant="7"), sql("kind = 'x'"))))

    @app.on("files", filter=wanted)
    def it(event: Event) -> None: ...

    assert it.subscription.wanted == EventFilter(
        tree='{"all":[{"prefix":{"type":"file."}},{"suffix":{"subject":".txt"}},'
        '{"not":{"any":[{"exact":{"tenant":"7"}},{"sql":"kind = \'x\'"}]}}]}'
    )


@pytest.mark.parametrize("stream", ["", "Files", "a b", "x" * 65, None, 7])
def test_a_stream_that_cannot_be(app: App, stream: Any) -> None:
    with pytest.raises(InvalidInput, match=r"stream: .*is not (a name|text)"):
        app.on(stream)


def test_a_decorator_without_its_stream(app: App) -> None:
    with pytest.raises(TypeError, match=r"write @app.on\(\"files\"\) above "):

        @app.on  # type: ignore[arg-type]
        async def index(events: list[Event]) -> None: ...


@pytest.mark.parametrize("word", ["schedule", "schedule_sync", "call", "options", "delay"])
def test_it_is_not_scheduled(app: App, word: str) -> None:
    @app.on("files")
    async def index(events: list[Event]) -> None: ...

    with pytest.raises(
        AttributeError, match=r"search.index takes the events of files and is not scheduled: `await app"
    ):
        getattr(index, word)
    assert not hasattr(index, "other")


def test_data_of_a_type_that_json_cannot_carry(app: App) -> None:
    class Odd:
        def __init__(self, *things: object) -> None: ...

    @app.on("files")
    async def index(events: list[Event[complex]]) -> None: ...

    with pytest.raises(UndecodableEvent, match="is no complex"):
        run(app, "index", stored())


# ------------------------------------------------------------ the events as they are delivered


def test_an_event_has_all_of_a_cloud_event_and_its_place(app: App) -> None:
    seen = []

    @app.on("files")
    async def index(events: list[Event]) -> None:
        seen.extend(events)

    run(app, "index", stored())
    assert seen == [
        Event(
            stream="files",
            subject="a.txt",
            type="file.changed",
            data={"size": 3},
            source="disk",
            id="e1",
            time=datetime(2025, 11, 24, 16, 0, 0, 123456, tzinfo=UTC),
            content_type=JSON,
            extensions={"region": "eu"},
            sequence=7,
        )
    ]


@pytest.mark.parametrize(
    ("annotation", "data", "content_type", "read"),
    [
        (Any, b'{"size": 3}', JSON, {"size": 3}),
        (Any, b"[1, null]", "application/vnd.x+json; charset=utf-8", [1, None]),
        (Any, b"", JSON, None),
        (Any, b"\xff\x00", "image/png", b"\xff\x00"),
        (Any, b"", "image/png", b""),
        (Change, b'{"size": 3}', JSON, Change(3)),
        (Model, b'{"size": 3}', JSON, Model(size=3)),
        (Change | None, b"", JSON, None),
        (Change | None, b"", "text/json", None),
        (list[int], b"[1, 2]", JSON, [1, 2]),
        (bytes, b'{"size": 3}', JSON, b'{"size": 3}'),
        (bytes, b"\xff", "image/png", b"\xff"),
        (bytes, b"", JSON, b""),
    ],
)
def test_data_is_what_the_annotation_says(
    app: App, annotation: Any, data: bytes, content_type: str, read: object
) -> None:
    seen = []

    def keep(events: Any) -> None:
        seen.extend(events)

    keep.__annotations__ = {"events": list[Event[annotation]]}
    app.on("files")(keep)
    run(app, "keep", stored(data=data, content_type=content_type))
    assert [event.data for event in seen] == [read]


@pytest.mark.parametrize(
    ("data", "content_type", "words"),
    [
        (b'{"size": "x"}', JSON, r"event 7 of 'a.txt' \(file.changed\) is no Change: Expected `int`, got `str` - at"),
        (b"{}", JSON, "is no Change: Object missing required field `size`"),
        (b"", JSON, "is no Change: Expected `object`, got `null`"),
        (b"\xff", "image/png", "is no Change: it is image/png, and only bytes can take that"),
        (b"{", JSON, "is no Change: Input data was truncated"),
    ],
)
def test_data_that_is_something_else_names_its_event(app: App, data: bytes, content_type: str, words: str) -> None:
    @app.on("files")
    async def index(events: list[Event[Change]]) -> None: ...

    with pytest.raises(UndecodableEvent, match=words) as raised:
        run(app, "index", stored(data=data, content_type=content_type))
    assert raised.value.sequence == 7


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("one_by_one", [True, False])
def test_those_before_an_unreadable_event_are_done_first(app: App, is_async: bool, one_by_one: bool) -> None:
    seen: list[int] = []

    def keep(given: Any) -> None:
        seen.extend(each.sequence for each in ([given] if one_by_one else given))

    async def keep_async(given: Any) -> None:
        keep(given)

    function = keep_async if is_async else keep
    function.__annotations__ = {"given": Event[Change] if one_by_one else list[Event[Change]]}
    app.on("files", name="it")(function)
    events = [stored(5), stored(6), stored(7, b"[]"), stored(8)]
    with pytest.raises(UndecodableEvent) as raised:
        run(app, "it", *events)
    assert (seen, raised.value.sequence) == ([5, 6], 7)


def test_what_fails_before_an_unreadable_event_is_told_first(app: App) -> None:
    @app.on("files")
    async def index(event: Event[Change]) -> None:
        raise OSError("no disk")

    with pytest.raises(EventFailed) as raised:
        run(app, "index", stored(5), stored(6, b"[]"))
    assert raised.value.sequence == 5


@pytest.mark.parametrize("is_async", [True, False])
def test_one_by_one_the_first_that_fails_is_named(app: App, is_async: bool) -> None:
    seen = []

    def check(event: Event) -> None:
        seen.append(event.sequence)
        if event.sequence == 6:
            raise OSError("no disk")

    async def check_async(event: Event) -> None:
        check(event)

    app.on("files", name="it")(check_async if is_async else check)
    with pytest.raises(EventFailed, match=r"event 6 of 'a.txt' failed") as raised:
        run(app, "it", stored(5), stored(6), stored(7))
    assert (seen, raised.value.sequence) == ([5, 6], 6)
    assert isinstance(raised.value.__cause__, OSError)


def test_a_thread_whose_time_is_up_begins_no_further_event(app: App) -> None:
    seen = []
    running = RunningTask(TaskId(bytes(16)), "search.index", 1, 1, 0, "", Priority.NORMAL, Span("files", "a.txt", 0, 7))

    @app.on("files")
    def index(event: Event) -> None:
        seen.append(event.sequence)
        running.cancelled = True

    token = RUNNING.set(running)
    try:
        with pytest.raises(EventFailed) as raised:
            run(app, "index", stored(5), stored(6))
    finally:
        RUNNING.reset(token)
    assert (seen, raised.value.sequence) == ([5], 6)
    assert isinstance(raised.value.__cause__, asyncio.CancelledError)


def test_a_task_is_told_that_it_takes_events(app: App) -> None:
    @app.on("files")
    async def index(events: list[Event]) -> None: ...

    with pytest.raises(
        Undecodable, match=r"search.index: takes the events of files and no arguments; publish an event"
    ):
        app.lambdas()["search.index"].decode(b"{}")


def test_what_it_returns_is_not_kept(app: App) -> None:
    @app.on("files")
    async def index(events: list[Event]) -> object:
        return object()

    assert app.lambdas()["search.index"].encode(object()) == b""


@pytest.mark.parametrize("wrong", [None, 7, "e1", "event"])
def test_what_failed_must_be_an_event(wrong: object) -> None:
    with pytest.raises(TypeError, match="EventFailed takes the event that failed, not"):
        EventFailed(wrong)
