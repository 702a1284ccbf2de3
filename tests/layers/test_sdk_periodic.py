"""`@app.periodic`: what it declares, and what it refuses where it is written."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from penstock import App, InvalidInput, Priority, WrongArguments
from penstock.model.identity import TaskId
from penstock.model.periodic import Definition, Misfire, Overlap
from penstock.model.rhythm import Rhythm
from penstock.model.running import RUNNING, RunningTask
from penstock.sdk.lambdas import AsyncLambda, PlainLambda
from penstock.sdk.running import current_task


@pytest.fixture(name="app")
def app_fixture() -> App:
    return App("mail")


def test_a_function_becomes_a_lambda_with_a_schedule(app: App) -> None:
    @app.periodic("0 9 * * MON-FRI", tz="Europe/Berlin")
    async def digest() -> None: ...

    @app.periodic(every=timedelta(minutes=5))
    def sweep() -> None: ...

    assert isinstance(digest, AsyncLambda)
    assert isinstance(sweep, PlainLambda)
    assert set(app.lambdas()) == {"mail.digest", "mail.sweep"}
    assert app.schedules() == [
        Definition("mail.digest", "mail.digest", Rhythm("0 9 * * MON-FRI", "Europe/Berlin")),
        Definition("mail.sweep", "mail.sweep", Rhythm(interval_us=300_000_000)),
    ]


def test_a_task_may_have_several_schedules_with_everything(app: App) -> None:
    @app.periodic("*/5 * * * *", name="digest-often", arguments={"to": "ada"}, jitter=timedelta(seconds=20))
    @app.periodic(
        every=90,
        anchor=datetime(2026, 1, 1, tzinfo=UTC),
        arguments={"to": "all", "short": True},
        misfire="all",
        overlap="queue",
        priority="low",
        collection="digests",
    )
    @app.task(name="digest", timeout=5)
    async def make_digest(to: str, short: bool = False) -> str:
        return f"{to} {short}"

    first, second = app.schedules()
    assert first == Definition(
        "mail.digest",
        "mail.digest",
        Rhythm(interval_us=90_000_000, anchor_us=1_767_225_600_000_000),
        b'{"to":"all","short":true}',
        "digests",
        Priority.LOW,
        Misfire.ALL,
        Overlap.QUEUE,
    )
    assert (second.name, second.payload, second.jitter_us) == ("digest-often", b'{"to":"ada"}', 20_000_000)
    assert list(app.lambdas()) == ["mail.digest"]
    assert make_digest.policy.timeout_s == 5


@pytest.mark.parametrize(
    ("cron", "options", "words"),
    [
        ("", {}, "cron: is missing"),
        ("* * * * *", {"every": 5}, "every: is given together with a cron"),
        ("* * * * * *", {}, "cron: '* * * * * *' has 6 fields and not five"),
        ("0 0 30 2 *", {}, "never due"),
        (5, {}, "cron: 5 is not text"),
        ("* * * * *", {"tz": "Berlin"}, "tz: 'Berlin' is no time zone; write an IANA name such as Europe/Berlin"),
        ("* * * * *", {"tz": UTC}, "tz: datetime.timezone.utc is not text"),
        ("", {"every": 0}, "every: is 0"),
        ("", {"every": 0.5}, "every: 0.5 s are outside of 1 to"),
        ("", {"every": -1}, "every: -1 seconds are outside"),
        ("", {"every": "5m"}, "every: '5m' is neither a timedelta nor a number"),
        ("", {"every": 5, "tz": "Europe/Berlin"}, "tz: is for cron expressions"),
        ("", {"every": 5, "anchor": datetime(2026, 1, 1)}, "anchor: 2026-01-01 00:00:00 has no timezone"),  # noqa: DTZ001
        ("* * * * *", {"anchor": datetime(2026, 1, 1, tzinfo=UTC)}, "anchor: is for intervals"),
        ("* * * * *", {"arguments": ["ada"]}, "arguments: ['ada'] is no mapping"),
    ],
)
def test_a_rhythm_that_cannot_be_is_refused_where_it_is_written(
    app: App, cron: Any, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        app.periodic(cron, **options)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"misfire": "never"}, "misfire: 'never' is none of skip, once, all"),
        ({"overlap": []}, "overlap: [] is none of allow, skip, queue"),
        ({"jitter": 90_000}, "jitter: 90000 seconds are outside"),
        ({"priority": "urgent"}, "priority: 'urgent' is none of high, normal, low"),
        ({"name": "Daily Digest"}, "name: 'Daily Digest' is not the name of a schedule"),
        ({"collection": "x" * 300}, "collection: has 300 bytes"),
    ],
)
def test_an_option_that_cannot_be_is_refused_where_it_is_written(app: App, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        app.periodic("* * * * *", **options)(lambda_of_none)
    assert words in str(refused.value)
    assert app.schedules() == []


def lambda_of_none() -> None: ...


def test_arguments_must_fit_the_function(app: App) -> None:
    def digest(to: str) -> None: ...

    for arguments in (None, {"for": "ada"}, {"to": "ada", "cc": "bob"}):
        with pytest.raises(WrongArguments, match=r"mail\.digest"):
            App("mail").periodic("* * * * *", arguments=arguments)(digest)


def test_two_schedules_of_one_name_are_refused(app: App) -> None:
    with pytest.raises(
        InvalidInput, match=r"name: mail\.digest is taken by another schedule of this app; give this one"
    ):

        @app.periodic("0 9 * * *")
        @app.periodic("0 8 * * *")
        @app.task
        async def digest() -> None: ...


def test_a_lambda_reads_its_tick() -> None:
    task = RunningTask(TaskId(bytes(16)), "mail.digest", 1, 1, 1_767_225_600_000_001, "", Priority.LOW)
    token = RUNNING.set(task)
    assert current_task().scheduled_at == datetime(2026, 1, 1, microsecond=1, tzinfo=UTC)
    RUNNING.reset(token)
