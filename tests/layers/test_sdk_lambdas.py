import asyncio
import inspect
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pydantic
import pytest

from penstock import App, InvalidInput, LimitExceeded, Retry, WrongArguments
from penstock.model.limits import PAYLOAD_BYTES_MAX, RESULT_BYTES_MAX
from penstock.model.outcomes import Undecodable, UnfitResult
from penstock.model.policy import DEFAULT_POLICY


@pytest.fixture
def app() -> App:
    return App("mail")


class Colour(Enum):
    RED = "red"


@dataclass
class Person:
    name: str
    born: date


class Order(pydantic.BaseModel):
    number: int
    due: datetime
    tags: set[str] = set()


class Line(msgspec.Struct):
    text: str


class Node:
    def __init__(self) -> None:
        self.next = self


# ------------------------------------------------------------ names and policies


def test_a_lambda_is_still_its_function(app: App) -> None:
    @app.task
    async def double(x: int) -> int:
        """Twice as much.

        More words.
        """
        return 2 * x

    @app.task(name="plain-one")
    def plain(x: int) -> int:
        return x

    assert asyncio.run(double(4)) == 8
    assert plain(4) == 4
    assert (double.name, plain.name) == ("mail.double", "mail.plain-one")
    assert inspect.getdoc(double) == "Twice as much.\n\nMore words."
    assert getattr(double, "__name__") == "double"  # noqa: B009 - set at run time
    assert list(inspect.signature(double).parameters) == ["x"]
    assert repr(double) == "<lambda mail.double>"


def test_policies(app: App) -> None:
    @app.task
    def usual() -> None: ...

    @app.task(
        retry=Retry(max_attempts=8, backoff=timedelta(seconds=2), factor=3, backoff_max=60),
        timeout=timedelta(minutes=1),
    )
    def careful() -> None: ...

    assert usual.policy == DEFAULT_POLICY
    policy = careful.policy
    assert (policy.attempts_max, policy.timeout_s) == (8, 60)
    assert (policy.backoff_base_s, policy.backoff_factor, policy.backoff_max_s) == (2, 3, 60)


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": 0},
        {"timeout": float("inf")},
        {"retry": Retry(max_attempts=0)},
        {"retry": Retry(max_attempts=2.5)},  # type: ignore[arg-type]
        {"retry": Retry(factor=0.5)},
        {"retry": Retry(backoff=-1)},
        {"name": "Send Email"},
    ],
)
def test_policies_and_names_out_of_limits(app: App, options: Any) -> None:
    with pytest.raises(InvalidInput):

        @app.task(**options)
        def send() -> None: ...


def test_names_are_checked_where_they_are_given(app: App) -> None:
    with pytest.raises(InvalidInput, match="app"):
        App("Mail!")
    with pytest.raises(InvalidInput, match="name"):
        app.task(lambda: None)

    @app.task
    def send() -> None: ...

    with pytest.raises(InvalidInput, match=r"mail\.send is taken"):
        app.task(name="send")(test_policies)


def test_what_cannot_be_a_task(app: App) -> None:
    def star(*values: int) -> None: ...

    def options(**values: int) -> None: ...

    def generator() -> Any:
        yield 1

    async def async_generator() -> Any:
        yield 1

    with pytest.raises(TypeError, match=r"mail\.star: \*values .* one list"):
        app.task(star)
    with pytest.raises(TypeError, match=r"\*\*values .* one dict"):
        app.task(options)
    with pytest.raises(TypeError, match="generator"):
        app.task(generator)
    with pytest.raises(TypeError, match="generator"):
        app.task(async_generator)
    with pytest.raises(TypeError, match="not a function"):
        app.task(name="x")(Person)
    with pytest.raises(TypeError, match="is a method"):
        app.task(name="y")(Node.__init__)
    assert app.lambdas() == {}


@pytest.mark.parametrize("word", ["delay", "apply_async", "send", "kiq", "enqueue"])
def test_the_words_of_others_name_ours(app: App, word: str) -> None:
    @app.task
    def send_email(to: str) -> None: ...

    for lambda_ in (send_email, send_email.options(delay=1), app.lambda_("mail.send_email")):
        with pytest.raises(AttributeError, match=rf"no \.{word}\(\): write `await send_email\.schedule\("):
            getattr(lambda_, word)
    with pytest.raises(AttributeError, match="no 'colour'"):
        send_email.colour  # type: ignore[attr-defined]  # noqa: B018
    assert not hasattr(send_email, "__aiter__")


# ------------------------------------------------------------ arguments


def payload_of(app: App, *args: Any, **kwargs: Any) -> Any:
    """What `f(a, /, b, c=3, *, d, e=5)` makes of the arguments."""
    if "mail.f" not in app._lambdas.tasks:

        @app.task
        def f(a: Any, /, b: Any, c: Any = 3, *, d: Any, e: Any = 5) -> None: ...

    return json.loads(app._lambdas.tasks["mail.f"].call(*args, **kwargs).payload)


def test_arguments_are_bound_as_a_call_binds_them(app: App) -> None:
    assert payload_of(app, 1, 2, d=4) == {"a": 1, "b": 2, "d": 4}
    assert payload_of(app, 1, b=2, c=9, d=4, e=6) == {"a": 1, "b": 2, "c": 9, "d": 4, "e": 6}


@pytest.mark.parametrize(
    ("args", "kwargs", "words"),
    [
        ((1,), {"d": 4}, "missing a required argument: 'b'"),
        ((1, 2), {}, "missing a required"),
        ((1, 2, 3, 4), {"d": 4}, "too many positional arguments"),
        ((1, 2), {"b": 2, "d": 4}, "multiple values for argument 'b'"),
        ((1, 2), {"d": 4, "x": 1}, "unexpected keyword argument 'x'"),
        ((), {"a": 1, "b": 2, "d": 4}, "'a'"),
    ],
)
def test_arguments_that_do_not_fit(app: App, args: Any, kwargs: Any, words: str) -> None:
    with pytest.raises(WrongArguments, match=words) as caught:
        payload_of(app, *args, **kwargs)
    assert str(caught.value).startswith("mail.f() ")
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, InvalidInput)


def simple(
    number: int, share: float = 0.5, name: str = "", flag: bool = False, maybe: int | None = None, when: Any = None
) -> None: ...


@pytest.mark.parametrize(
    ("arguments", "name", "kind"),
    [
        ({"number": "1"}, "number", "str"),
        ({"number": 1.0}, "number", "float"),
        ({"number": True}, "number", "bool"),
        ({"number": None}, "number", "NoneType"),
        ({"number": [1]}, "number", "list"),
        ({"number": 1, "share": "0.5"}, "share", "str"),
        ({"number": 1, "name": 5}, "name", "int"),
        ({"number": 1, "flag": 1}, "flag", "int"),
        ({"number": 1, "maybe": "1"}, "maybe", "str"),
    ],
)
def test_a_plain_value_of_another_type_is_refused_by_the_caller(
    app: App, arguments: dict[str, Any], name: str, kind: str
) -> None:
    lambda_: Any = app.task(simple)
    with pytest.raises(WrongArguments, match=rf"^mail\.simple\(\) got a {kind} for '{name}', which is annotated `"):
        lambda_.call(**arguments)


def test_what_a_worker_can_read_is_let_pass(app: App) -> None:
    lambda_: Any = app.task(simple)
    for arguments in (
        {"number": 1, "share": 1, "name": "x", "flag": True, "maybe": None, "when": datetime.now(UTC)},
        {"number": 1, "name": Colour.RED, "maybe": 2},
        {"number": 1, "name": Path("/tmp"), "share": 0.25},
        {"number": 1, "name": UUID(int=7), "when": 5},
    ):
        app.lambdas()["mail.simple"].decode(lambda_.call(**arguments).payload)


def test_an_annotation_that_the_caller_cannot_resolve_refuses_nothing(app: App) -> None:
    @app.task
    def f(x: "int | Unknown") -> None: ...  # type: ignore[name-defined]  # noqa: F821

    assert json.loads(f.call("one").payload) == {"x": "one"}


def everything(
    person: Person,
    order: Order,
    line: Line | None,
    at: datetime,
    number: UUID,
    price: Decimal,
    raw: bytes,
    colour: Colour,
    tags: set[str],
    path: Path,
    lot: dict[int, tuple[int, str]],
    big: int,
    small: Annotated[int, msgspec.Meta(gt=0)] = 1,
    /,
    *,
    note: str = "none",
) -> None: ...


def test_every_type_arrives_as_it_left(app: App) -> None:
    lambda_ = app.task(everything)
    values = (
        Person("Ada", date(1815, 12, 10)),
        Order(number=1, due=datetime(2030, 1, 1, tzinfo=UTC), tags={"a"}),
        None,
        datetime(2030, 1, 1, 12, 30, 0, 7, tzinfo=UTC),
        UUID(int=7),
        Decimal("1.10"),
        b"\x00\xff",
        Colour.RED,
        {"x", "y"},
        Path("/tmp/file"),
        {1: (2, "three")},
        2**63 - 1,
    )
    payload = lambda_.call(*values).payload
    assert isinstance(json.loads(payload), dict)
    by_position, by_keyword = app.lambdas()["mail.everything"].decode(payload)
    assert by_position == (*values, 1)
    assert by_keyword == {"note": "none"}


def test_defaults_are_the_functions_own_objects(app: App) -> None:
    shared = Node()

    @app.task
    def f(x: int, node: Any = shared) -> Any:
        return x, node

    runnable = app.lambdas()["mail.f"]
    assert runnable.call(runnable.decode(b'{"x":1}')) == (1, shared)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b'{"x":"one"}', r"^mail\.f: parameter 'x': Expected `int`, got `str`$"),
        (b"{}", r"^mail\.f: parameter 'x' is missing$"),
        (b'{"x":1,"z":2}', r"^mail\.f: has no parameter 'z'$"),
        (b"[1]", "Expected `object`"),
        (b'{"x":1', "truncated"),
        (b"", "truncated"),
        (b'{"x":1,"o":{"number":"many"}}', r"number"),
        (b'{"x":1,"n":"\xff"}', "utf-8"),
        (b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}", "."),
    ],
)
def test_a_payload_that_does_not_fit(app: App, payload: bytes, words: str) -> None:
    @app.task
    def f(x: int, o: Order | None = None, n: str = "") -> None: ...

    with pytest.raises(Undecodable, match=words):
        app.lambdas()["mail.f"].decode(payload)


def test_values_that_json_cannot_carry(app: App) -> None:
    @app.task
    def f(x: Any, y: Any = None) -> None: ...

    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(TypeError, match=r"mail\.f: argument 'y': .*Node"):
        f.call(1, Node())
    for value in (float("nan"), {"a": [1.0, float("inf")]}, (float("-inf"),)):
        with pytest.raises(InvalidInput, match="NaN or an infinity"):
            f.call(value)
    with pytest.raises(InvalidInput, match="nested too deeply"):
        f.call(endless)
    with pytest.raises(InvalidInput, match="argument 'x'"):
        f.call("\ud800")
    f.call(None)
    f.call("x" * (PAYLOAD_BYTES_MAX - len('{"x":""}')))
    with pytest.raises(LimitExceeded, match=f"the limit is {PAYLOAD_BYTES_MAX}"):
        f.call("x" * (PAYLOAD_BYTES_MAX - len('{"x":""}') + 1))


# ------------------------------------------------------------ for workers


def test_a_runnable_runs_inline(app: App) -> None:
    @app.task
    async def double(x: int) -> int:
        return 2 * x

    @app.task(timeout=5)
    def plain(x: Person) -> Person:
        return x

    lambdas = app.lambdas()
    assert [(each.name, each.is_async, each.timeout_s) for each in lambdas.values()] == [
        ("mail.double", True, 600),
        ("mail.plain", False, 5),
    ]
    runnable = lambdas["mail.double"]
    assert runnable.encode(asyncio.run(runnable.call(runnable.decode(double.call(4).payload)))) == b"8"
    runnable = lambdas["mail.plain"]
    ada = Person("Ada", date(1815, 12, 10))
    assert runnable.encode(runnable.call(runnable.decode(plain.call(ada).payload))) == (
        b'{"name":"Ada","born":"1815-12-10"}'
    )


def test_registrations(app: App) -> None:
    @app.task(retry=Retry(max_attempts=2))
    async def send(to: str, order: Order | None = None) -> Person:
        """Send it.

        And more.
        """
        raise NotImplementedError

    @app.task
    def bare(x, y=Node()):  # type: ignore[no-untyped-def]  # noqa: B008
        return x

    first, second = app.registrations("v7")
    assert (first.name, first.version, first.description) == ("mail.send", "v7", "Send it.")
    assert first.policy.attempts_max == 2
    signature = json.loads(first.signature)
    assert signature["parameters"]["$defs"]["Arguments"]["required"] == ["to"]
    assert "Person" in json.dumps(signature["returns"])
    assert json.loads(second.signature).keys() == {"parameters", "returns"}


def test_annotations_that_a_worker_cannot_read_are_told_when_it_starts(app: App) -> None:
    @app.task
    def f(x: "Unknown") -> None: ...  # type: ignore[name-defined]  # noqa: F821

    f.call(1)
    with pytest.raises(TypeError, match=r"mail\.f: name 'Unknown' is not defined"):
        app.lambdas()


# ------------------------------------------------------------ results


def encoder_of(app: App, annotation: Any) -> Callable[[Any], bytes]:
    """How a worker writes the results of `mail.f() -> annotation`."""

    def f() -> Any: ...

    f.__annotations__["return"] = annotation
    app.task(f)
    return app.lambdas()["mail.f"].encode


@pytest.mark.parametrize(
    ("annotation", "value", "written"),
    [
        (None, None, b"null"),
        (int, 7, b"7"),
        (float, 7, b"7"),
        (bool, True, b"true"),
        (bytes, b"\x00", b'"AA=="'),
        (int | None, None, b"null"),
        (Any, {"a": None}, b'{"a":null}'),
        (Any, None, b"null"),
        (list[int], (1, 2), b"[1,2]"),
        (dict[int, str], {1: "a"}, b'{"1":"a"}'),
        (Colour, Colour.RED, b'"red"'),
        (Person, Person("Ada", date(1815, 12, 10)), b'{"name":"Ada","born":"1815-12-10"}'),
        (Path, Path("/tmp"), b'"/tmp"'),
        (Order, Order(number=1, due=datetime(2030, 1, 1, tzinfo=UTC)), None),
        (Iterable[int], [1], b"[1]"),  # msgspec cannot read these two back: nobody can say that they don't fit
        (Order | int, 5, b"5"),
    ],
)
def test_a_result_that_fits_is_written(app: App, annotation: Any, value: Any, written: bytes | None) -> None:
    encoded = encoder_of(app, annotation)(value)
    assert written in (None, encoded)


@pytest.mark.parametrize(
    ("annotation", "value", "words"),
    [
        (int, "seven", "`int`, got `str`"),
        (int, True, "`int`, got `bool`"),
        (int, None, "`int`, got `null`"),
        (None, 5, "`null`, got `int`"),
        (str | None, 5, "`str | null`, got `int`"),
        (list[int], [1, "two"], r"`int`, got `str` - at `\$\[1\]`"),
        (Person, {"name": "Ada"}, "missing required field `born`"),
        (Order, {"number": "many"}, "number"),
        (Colour, "blue", "Invalid enum value 'blue'"),
    ],
)
def test_a_result_that_does_not_fit_its_annotation_is_refused_by_the_worker(
    app: App, annotation: Any, value: Any, words: str
) -> None:
    with pytest.raises(UnfitResult, match=rf"(?si)^mail\.f returned what its annotation `-> .*{words}"):
        encoder_of(app, annotation)(value)


@pytest.mark.parametrize("annotation", [Any, float, float | None, dict[str, Any]])
@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_cannot_carry_are_no_result(app: App, annotation: Any, number: float) -> None:
    value, place = ({"a": [1.0, number]}, "$.a[1]") if annotation == dict[str, Any] else (number, "$")
    with pytest.raises(UnfitResult) as caught:
        encoder_of(app, annotation)(value)
    assert str(caught.value).startswith(f"mail.f returned {number} at {place}, which JSON cannot carry")


def test_what_is_left_out_for_its_size_is_not_read(app: App) -> None:
    encoded = encoder_of(app, list[int])(["x" * RESULT_BYTES_MAX])
    assert len(encoded) > RESULT_BYTES_MAX
