"""Cron in wall time: the table of what a turn of the clock does, and what is refused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.model import zones
from penstock.model.cron import check_cron, next_due_us
from penstock.model.errors import InvalidInput
from penstock.model.zones import moment_us, zone_of

BERLIN, CAIRO, LORD_HOWE = "Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe"


def ticks(expression: str, zone: str, day: str, days: int = 1) -> list[str]:
    """The ticks of a day there, as the clock on the wall shows them, with its distance from UTC."""
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    end_us = moment_us((start.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=ZoneInfo(zone)))
    shown, at_us = [], moment_us(start) - 1
    while (at_us := next_due_us(check_cron(expression), zone, at_us) or end_us) < end_us:
        shown.append(f"{datetime.fromtimestamp(at_us / 1_000_000, ZoneInfo(zone)):%H:%M%z}"[:8])
    return shown


FORWARDS, BACK = "2026-03-29", "2026-10-25"
TABLE = [
    # set forwards: 2:00 becomes 3:00
    ("30 1 * * *", FORWARDS, ["01:30+01"]),
    ("30 2 * * *", FORWARDS, ["03:00+02"]),
    ("0 3 * * *", FORWARDS, ["03:00+02"]),
    ("0,30 2,3 * * *", FORWARDS, ["03:00+02", "03:30+02"]),
    ("*/20 2 * * *", FORWARDS, ["03:00+02"]),
    ("0 */2 * * *", FORWARDS, ["00:00+01", "03:00+02", *[f"{hour:02}:00+02" for hour in range(4, 24, 2)]]),
    ("0 * * * *", FORWARDS, ["00:00+01", "01:00+01", *[f"{hour:02}:00+02" for hour in range(3, 24)]]),
    ("30 * * * *", FORWARDS, ["00:30+01", "01:30+01", *[f"{hour:02}:30+02" for hour in range(3, 24)]]),
    # set back: 3:00 becomes 2:00
    ("30 2 * * *", BACK, ["02:30+02"]),
    ("0 3 * * *", BACK, ["03:00+01"]),
    ("*/30 2 * * *", BACK, ["02:00+02", "02:30+02"]),
    ("0 */2 * * *", BACK, ["00:00+02", "02:00+02", *[f"{hour:02}:00+01" for hour in range(4, 24, 2)]]),
    ("0 * * * *", BACK, [*[f"{h:02}:00+02" for h in range(3)], *[f"{h:02}:00+01" for h in range(2, 24)]]),
    # no turn
    ("0 9 * * MON-FRI", "2026-06-01", ["09:00+02"]),
    ("0 9 * * MON-FRI", "2026-06-06", []),
]


@pytest.mark.parametrize(("expression", "day", "expected"), TABLE)
def test_what_a_turn_of_the_clock_does(expression: str, day: str, expected: list[str]) -> None:
    assert ticks(expression, BERLIN, day) == expected


def test_a_clock_that_is_set_forwards_at_midnight() -> None:
    assert ticks("0 0 * * *", CAIRO, "2026-04-24") == ["01:00+03"]
    assert ticks("*/30 1 * * *", CAIRO, "2026-04-24") == ["01:00+03", "01:30+03"]


def test_a_clock_that_is_set_by_half_an_hour() -> None:
    assert ticks("*/15 4 * * *", LORD_HOWE, "2026-10-04") == [f"04:{minute:02}+11" for minute in (0, 15, 30, 45)]
    assert ticks("15 2 * * *", LORD_HOWE, "2026-10-04") == ["02:30+11"]
    assert ticks("40 * 5 4 *", LORD_HOWE, "2026-04-05")[:4] == ["00:40+11", "01:40+11", "01:40+10", "02:40+10"]


EXPRESSIONS = ("30 2 * * *", "*/20 * * * *", "0 */2 * * *", "5,35 1-3 * * *", "* * * * *", "0 0 * * SUN", "59 23 L * *")
ZONES = (BERLIN, CAIRO, LORD_HOWE, "America/New_York", "UTC", "America/Santiago", "Asia/Kolkata")
TURNS = ("2026-03-29", "2026-10-25", "2026-04-24", "2026-10-04", "2026-04-05", "2026-11-01", "2026-09-06")


@given(
    st.sampled_from(EXPRESSIONS),
    st.sampled_from(ZONES),
    st.sampled_from(TURNS),
    st.integers(-30 * 3600 * 1_000_000, 30 * 3600 * 1_000_000),
    st.integers(0, 5 * 3600 * 1_000_000),
)
def test_the_next_tick_is_the_same_from_wherever_one_looks(
    expression: str, zone: str, turn: str, offset_us: int, step_us: int
) -> None:
    """Ticks are a set: nobody who looks later, but before the next one, sees another next one."""
    at_us = moment_us(datetime.fromisoformat(turn).replace(tzinfo=UTC)) + offset_us
    tick_us = next_due_us(expression, zone, at_us)
    assert tick_us is not None
    assert tick_us > at_us
    assert tick_us % 60_000_000 == 0
    later_us = min(at_us + step_us, tick_us - 1)
    assert next_due_us(expression, zone, later_us) == tick_us
    following_us = next_due_us(expression, zone, tick_us)
    assert following_us is not None
    assert following_us > tick_us
    assert next_due_us(expression, zone, following_us - 1) == following_us


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("* * * * * *", "6 fields and not five"),
        ("0 0 30 2 * *", "6 fields and not five"),
        ("0 0 30 2 *", "never due"),
        ("0 0 31 4,6,9,11 *", "never due"),
        ("@reboot", "1 fields and not five"),
        ("", "0 fields and not five"),
        ("0 " * 200, "the limit is 255"),
        ("61 * * * *", "'61' is no minute; it is 0 to 59"),
        ("0 24 * * *", "'24' is no hour"),
        ("0 0 0 * *", "'0' is no day-of-month"),
        ("0 0 * 13 *", "'13' is no month"),
        ("0 0 * * FUN", "'FUN' is no day-of-week"),
        ("5-1 * * * *", "'5-1' is no minute"),
        ("*/0 * * * *", "no minute"),
        ("-1 * * * *", "no minute"),
        ("٣ * * * *", "no minute"),
        ("1;2 * * * *", "no minute"),
        ("0 0 * * MON#6", "no day-of-week"),
        ("0 0 * * 1L1", "no day-of-week"),
        ("0 0 L/L * *", "no day-of-month"),
        ("9" * 200 + " * * * *", "no minute"),
    ],
)
def test_what_is_no_cron_expression_is_refused_by_its_field(expression: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=r"^cron: ") as refused:
        check_cron(expression)
    assert words in str(refused.value)


@pytest.mark.parametrize("expression", ["0 0 29 2 *", "0 0 * * MON#5", "0 0 L * *", "0 0 LW 12 *", "0 0 13 * FRI"])
def test_what_is_rare_is_not_refused(expression: str) -> None:
    assert check_cron(expression) == expression


def test_spaces_are_tidied() -> None:
    assert check_cron("  0  9 * *\tmon-fri ") == "0 9 * * mon-fri"


@pytest.mark.parametrize(
    "zone",
    [
        "Mars/Olympus",
        "",
        "Europe",
        "../etc/passwd",
        "/etc/passwd",
        "x" * 300,
        "Europe/Berl\0n",
        "localtime",
        "right/UTC",
    ],
)
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(InvalidInput, match=r"^tz: .*write an IANA name such as Europe/Berlin"):
        zone_of(zone)


def test_a_machine_without_zones_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ZoneInfo:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zones, "ZoneInfo", missing)
    monkeypatch.setattr(zones, "available_timezones", set)
    with pytest.raises(InvalidInput, match="this machine has no time zones; install the package tzdata"):
        zone_of("Pacific/Chatham")
    assert next_due_us("0 9 * * *", "UTC", 0) == 9 * 3600 * 1_000_000
