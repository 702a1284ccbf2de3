"""Row 26 and what else can be wrong with a periodic schedule: the right status, its field, and nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock.cli.main import run
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import INVALID, LAMBDA, refusal, register

if TYPE_CHECKING:
    from pathlib import Path

    from tests.processes.platform_fixture import Platform

S = 1_000_000
NOT_FOUND, EXISTS = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS


def definition(name: str = "nightly", lambda_name: str = LAMBDA, **fields: Any) -> pb.PeriodicDefinition:
    """One that is right, but for what a test says; not due while the tests run."""
    made = pb.PeriodicDefinition(name=name, **{"cron": "0 0 1 1 *", **fields})
    setattr(made, "lambda", lambda_name)
    return made


def creation(**fields: Any) -> pb.CreatePeriodicRequest:
    return pb.CreatePeriodicRequest(definition=definition(**fields))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"cron": "* * * * * *"}, "cron: '* * * * * *' has 6 fields and not five"),
    ({"cron": "0 0 30 2 *"}, "cron: '0 0 30 2 *' is never due"),
    ({"cron": "0 0 30 2 * *"}, "cron: '0 0 30 2 * *' has 6 fields"),
    ({"cron": "@reboot"}, "cron: '@reboot' has 1 fields"),
    ({"cron": "* " * 200}, "cron: has 400 characters; the limit is 255"),
    ({"cron": "60 * * * *"}, "cron: '60' is no minute; it is 0 to 59"),
    ({"cron": "\x00 * * * *"}, "cron: '\\x00' is no minute"),
    ({"cron": ""}, "cron: give either"),
    ({"every_us": S}, "every: give either"),
    ({"cron": "", "every_us": 1}, "every: 1e-06 s are outside"),
    ({"cron": "", "every_us": -(2**63)}, "every: "),
    ({"cron": "", "every_us": 2**63 - 1}, "every: "),
    ({"cron": "", "every_us": S, "anchor_us": -1}, "anchor: "),
    ({"cron": "", "every_us": S, "anchor_us": 2**63 - 1}, "anchor: "),
    ({"cron": "", "every_us": S, "tz": "Europe/Berlin"}, "tz: is for cron"),
    ({"tz": "Mars/Olympus"}, "tz: 'Mars/Olympus' is no time zone; write an IANA name"),
    ({"tz": "../../etc/passwd"}, "tz: "),
    ({"tz": "localtime"}, "tz: "),
    ({"name": ""}, "name: "),
    ({"name": "../x"}, "name: '../x'"),
    ({"name": "n" * 201}, "name: "),
    ({"lambda_name": "shop.*"}, "lambda: 'shop.*'"),
    ({"payload": b"[]"}, "payload: must be one JSON object"),
    ({"payload": b'{"a": NaN}'}, "payload: is not JSON"),
    ({"payload": b'{"a":"' + b"x" * 262_144 + b'"}'}, "payload: has 262152 bytes; the limit is 262144"),
    ({"collection": "c" * 257}, "collection: has 257 bytes"),
    ({"jitter_us": -1}, "jitter: "),
    ({"jitter_us": 2**62}, "jitter: "),
    ({"misfire": 9}, "misfire: 9 is none"),
    ({"overlap": 9}, "overlap: 9 is none"),
    ({"priority": 9}, "priority: 9 is no priority"),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("fields", "words"), WRONG)
def test_what_cannot_be_a_schedule_is_refused_by_its_field(
    platform: Platform, fields: dict[str, Any], words: str
) -> None:
    told = refusal(platform.frontend.CreatePeriodic, creation(**fields))
    assert told.status is INVALID
    assert told.sentence.startswith(words)


@pytest.mark.usefixtures("unchanged")
def test_a_namespace_that_cannot_be_is_refused(platform: Platform) -> None:
    request = pb.CreatePeriodicRequest(namespace="../x", definition=definition())
    assert refusal(platform.frontend.CreatePeriodic, request).sentence.startswith("namespace: ")


def test_what_makes_no_sense_for_a_schedule_that_stands(platform: Platform) -> None:
    frontend = platform.frontend
    stands = frontend.CreatePeriodic(creation(name="stands")).schedule
    assert frontend.CreatePeriodic(creation(name="stands")).schedule == stands
    before = platform.sql("select * from penstock.periodic_schedule")
    told = refusal(frontend.CreatePeriodic, creation(name="stands", cron="1 0 1 1 *"))
    assert told == (EXISTS, "name: stands names a schedule with other content; delete it first, or rename this")
    now_us = frontend.GetServerInfo(pb.GetServerInfoRequest()).clock_us
    for from_us, until_us, words in (
        (now_us, now_us, "until: is not after from"),
        (-1, now_us, "from: -1 is before 1970"),
        (now_us - S, now_us + 3600 * S, "until: is in the future"),
        (now_us - S, now_us, "from: has no tick"),
        (2**63 - 2, 2**63 - 1, "until: is in the future"),
    ):
        request = pb.BackfillPeriodicRequest(name="stands", from_us=from_us, until_us=until_us)
        told = refusal(frontend.BackfillPeriodic, request)
        assert told.status is INVALID
        assert told.sentence.startswith(words)
    for count in (0, 1_001, 2**32 - 1):
        assert refusal(frontend.NextTicks, pb.NextTicksRequest(name="stands", count=count)).status is INVALID
    assert refusal(frontend.ListPeriodic, pb.ListPeriodicRequest(page_token="AAAA")).status is INVALID
    assert refusal(frontend.ListPeriodic, pb.ListPeriodicRequest(page_size=1_001)).status is INVALID
    assert platform.sql("select * from penstock.periodic_schedule") == before
    frontend.DeletePeriodic(pb.DeletePeriodicRequest(name="stands"))


@pytest.mark.usefixtures("unchanged")
def test_a_backfill_of_too_many_ticks_makes_none(platform: Platform) -> None:
    frontend = platform.frontend
    frontend.CreatePeriodic(creation(name="often", cron="", every_us=60 * S))
    now_us = frontend.GetServerInfo(pb.GetServerInfoRequest()).clock_us
    told = refusal(
        frontend.BackfillPeriodic,
        pb.BackfillPeriodicRequest(name="often", from_us=now_us - 10_002 * 60 * S, until_us=now_us),
    )
    assert told == (INVALID, "until: leaves more than 10000 ticks, the limit of one backfill; take a shorter range")
    frontend.DeletePeriodic(pb.DeletePeriodicRequest(name="often"))


@pytest.mark.usefixtures("unchanged")
def test_a_schedule_that_nobody_made_is_not_found(platform: Platform) -> None:
    frontend = platform.frontend
    for method, request in (
        (frontend.GetPeriodic, pb.GetPeriodicRequest(name="nobodys")),
        (frontend.DeletePeriodic, pb.DeletePeriodicRequest(name="nobodys")),
        (frontend.PausePeriodic, pb.PausePeriodicRequest(name="nobodys")),
        (frontend.ResumePeriodic, pb.ResumePeriodicRequest(name="nobodys")),
        (frontend.NextTicks, pb.NextTicksRequest(name="nobodys", count=1)),
        (frontend.BackfillPeriodic, pb.BackfillPeriodicRequest(name="nobodys", from_us=1, until_us=2)),
        (frontend.GetPeriodic, pb.GetPeriodicRequest(name="nobodys", namespace="nobodys-too")),
    ):
        assert refusal(method, request).status is NOT_FOUND


@pytest.mark.usefixtures("unchanged")
def test_a_registration_with_a_wrong_schedule_keeps_nothing(platform: Platform) -> None:
    register = platform.frontend.RegisterLambdas
    lambdas = [pb.LambdaRegistration(name="shop.fresh")]
    good = definition(name="good", lambda_name="shop.fresh")
    for app, schedules, words in (
        ("shop", [good, definition(name="bad", cron="x x x x x")], "cron of schedule bad: 'x' is no minute"),
        ("shop", [good, good], "schedules: name good twice"),
        ("", [good], "app: "),
        ("Shop", [good], "app: "),
    ):
        told = refusal(register, pb.RegisterLambdasRequest(lambdas=lambdas, app=app, schedules=schedules))
        assert told.status is INVALID
        assert told.sentence.startswith(words)
    bad_lambda = pb.RegisterLambdasRequest(lambdas=[pb.LambdaRegistration(name="shop.*")], app="shop", schedules=[good])
    assert refusal(register, bad_lambda).status is INVALID


def test_an_app_cannot_take_the_name_of_a_schedule_that_a_call_made(platform: Platform) -> None:
    platform.frontend.CreatePeriodic(creation(name="by-hand"))
    request = pb.RegisterLambdasRequest(app="shop", schedules=[definition(name="by-hand"), definition(name="other")])
    told = refusal(platform.frontend.RegisterLambdas, request)
    assert told.status is EXISTS
    assert told.sentence.startswith("name: schedule by-hand is made by a call, not by app shop; give yours another")
    assert refusal(platform.frontend.GetPeriodic, pb.GetPeriodicRequest(name="other")).status is NOT_FOUND
    platform.frontend.DeletePeriodic(pb.DeletePeriodicRequest(name="by-hand"))


TYPED: list[tuple[list[str], int, str]] = [
    (
        ["show", "nobodys"],
        1,
        "error: no periodic schedule nobodys in this namespace; `penstock periodic list` shows them",
    ),
    (["show", "../x"], 2, "error: NAME: '../x'"),
    (["create", "n", "shop.known"], 2, "error: --cron: give either"),
    (["create", "n", "shop.known", "--cron", "* * * *"], 2, "error: --cron: '* * * *' has 4 fields"),
    (
        ["create", "n", "shop.known", "--cron", "* * * * *", "--tz", "Berlin"],
        2,
        "error: --tz: 'Berlin' is no time zone",
    ),
    (["create", "n", "shop.known", "--every", "soon"], 2, "error: --every: 'soon' is no length of time"),
    (["create", "n", "shop.known", "--every", "0s"], 2, "error: --every: '0s' is outside"),
    (["create", "n", "shop.known", "--every", "500ms"], 2, "error: --every: 0.5 s are outside"),
    (["create", "n", "shop.known", "--every", "400d"], 2, "error: --every: '400d' is outside"),
    (["create", "n", "shop.known", "--every", "1m", "--anchor", "noon"], 2, "error: --anchor: 'noon' is no moment"),
    (["create", "n", "shop.known", "--every", "1m", "--jitter", "2m"], 2, "error: --jitter: 120 s are outside"),
    (["create", "n", "shop.known", "--every", "1m", "--misfire", "never"], 2, "--misfire"),
    (["create", "n", "shop.known", "[1]", "--every", "1m"], 2, "error: JSON: is not an object"),
    (["create", "n", "known", "--every", "1m"], 2, "error: LAMBDA: 'known' has no dot"),
    (["create", "N", "shop.known", "--every", "1m"], 2, "error: NAME: 'N' is not the name of a schedule"),
    (["delete", "nobodys"], 2, "error: --yes: is needed to delete a schedule when nobody can be asked"),
    (["delete", "nobodys", "--yes"], 1, "error: no periodic schedule nobodys"),
    (["pause", "nobodys"], 1, "error: no periodic schedule nobodys"),
    (["resume", "nobodys"], 1, "error: no periodic schedule nobodys"),
    (["next", "nobodys", "--count", "0"], 2, "--count"),
    (["next", "nobodys", "--count", "5000"], 2, "error: --count: 5000 is outside of 1 to 1000"),
    (["backfill", "nobodys", "--from", "then", "--until", "2026-01-01"], 2, "error: --from: 'then' is no moment"),
    (["backfill", "nobodys", "--from", "2026-01-01", "--until", "2025-01-01"], 2, "error: --until: is not after from"),
    (
        ["backfill", "nobodys", "--from", "2025-01-01", "--until", "2026-01-01"],
        1,
        "error: no periodic schedule nobodys",
    ),
    (["list", "--limit", "0"], 2, "--limit"),
    (["list", "--lambda", "../x"], 2, "error: LAMBDA: '../x'"),
]


@pytest.mark.usefixtures("unchanged", "working_folder")
@pytest.mark.parametrize(("arguments", "code", "words"), TYPED)
def test_a_command_that_cannot_be_is_told_in_one_line(
    platform: Platform, arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["periodic", *arguments, "--address", platform.address]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert words in told.err


def test_a_schedule_by_hand_from_its_making_to_its_end(
    platform: Platform, working_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the verbs print when all is right."""

    def verb(*arguments: str) -> str:
        assert run(["periodic", *arguments, "--address", platform.address]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    assert working_folder.is_dir()
    name = "shop.by_hand"
    register(platform, name)  # its own: what it leaves due is claimed by nobody else's stream
    made = verb("create", "by-hand", name, '{"n":1}', "--cron", "30 2 * * *", "--tz", "Europe/Berlin")
    assert "30 2 * * * (Europe/Berlin)" in made
    assert "active" in made
    assert "by-hand" in verb("list", "--lambda", name)
    assert '"payload"' not in verb("list", "--json")
    assert "paused" in verb("pause", "by-hand")
    assert "active" in verb("resume", "by-hand")
    ticks = verb("next", "by-hand", "--count", "400").splitlines()[1:]
    assert len(ticks) == 400
    assert {line.split()[2] for line in ticks} == {"02:30:00+0100", "02:30:00+0200", "03:00:00+0200"}
    day = ("--from", "2025-10-25T12:00Z", "--until", "2025-10-27T12:00Z")
    assert "2 tasks made, 0 ticks had theirs" in verb("backfill", "by-hand", *day)
    assert "0 tasks made, 2 ticks had theirs" in verb("backfill", "by-hand", *day)
    page = verb("show", "by-hand")
    assert "Sun 2025-10-26 02:30:00+0200 Europe/Berlin" in page
    assert '"tick": "2025-10-26T00:30:00.000000Z"' in verb("show", "by-hand", "--json")
    [row, _] = platform.sql(
        "select task.id, task.scheduled_at, status from penstock.task join penstock.trigger using (id) "
        "where periodic_id is not null order by scheduled_at desc"
    )
    assert f"{row['scheduled_at']:%Y-%m-%d %H:%M%z}" == "2025-10-27 01:30+0000"
    assert verb("delete", "by-hand", "--yes") == "by-hand  deleted\n"
