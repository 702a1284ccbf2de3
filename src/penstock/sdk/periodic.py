"""What `@app.periodic(...)` says of a schedule, as a definition."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from penstock.model.errors import InvalidInput
from penstock.model.lane import Priority
from penstock.model.limits import INTERVAL_S_MAX, JITTER_S_MAX
from penstock.model.names import check_collection
from penstock.model.periodic import Definition, Misfire, Overlap
from penstock.model.rhythm import Rhythm
from penstock.sdk.durations import Duration, microseconds_since_1970, seconds_of
from penstock.sdk.options import PriorityName, priority_of

MisfireName = Literal["skip", "once", "all"]
OverlapName = Literal["allow", "skip", "queue"]
_MISFIRES: Final = {each.name.lower(): each for each in Misfire}
_OVERLAPS: Final = {each.name.lower(): each for each in Overlap}


def make_rhythm(cron: str, every: Duration | None, tz: str, anchor: datetime | None) -> Rhythm:
    """A checked rhythm; raises `InvalidInput` naming what is wrong."""
    _check_text("cron", cron)
    _check_text("tz", tz)
    if not cron and every is None:
        raise InvalidInput("cron", "is missing: give a cron expression, such as '0 9 * * MON-FRI', or every=")
    if cron and every is not None:
        raise InvalidInput("every", "is given together with a cron expression; use one of them")
    interval_s = 0.0 if every is None else seconds_of("every", every, INTERVAL_S_MAX)
    if every is not None and not interval_s:
        raise InvalidInput("every", "is 0; the shortest interval is 1 s")
    return Rhythm(
        cron=cron,
        zone=tz or "UTC",
        interval_us=round(interval_s * 1_000_000),
        anchor_us=0 if anchor is None else microseconds_since_1970("anchor", anchor),
    ).check()


def make_definition(
    name: str,
    lambda_name: str,
    rhythm: Rhythm,
    payload: bytes,
    *,
    misfire: MisfireName,
    overlap: OverlapName,
    jitter: Duration,
    priority: PriorityName | Priority,
    collection: str,
) -> Definition:
    """A checked definition; raises `InvalidInput` naming what is wrong."""
    return Definition(
        name=name,
        lambda_name=lambda_name,
        rhythm=rhythm,
        payload=payload,
        collection=check_collection(collection),
        priority=priority_of(priority),
        misfire=_named("misfire", misfire, _MISFIRES),
        overlap=_named("overlap", overlap, _OVERLAPS),
        jitter_us=round(seconds_of("jitter", jitter, JITTER_S_MAX) * 1_000_000),
    ).check()


class Declarations:
    """The schedules in an app's code."""

    def __init__(self) -> None:
        self._by_name: dict[str, Definition] = {}

    def add(self, definition: Definition) -> None:
        """One more; raises `InvalidInput` when its name is taken."""
        if definition.name in self._by_name:
            raise InvalidInput(
                "name", f"{definition.name} is taken by another schedule of this app; give this one name="
            )
        self._by_name[definition.name] = definition

    def all(self) -> list[Definition]:
        """In the order of the code."""
        return list(self._by_name.values())


def check_arguments(arguments: object) -> Mapping[str, Any]:
    """By name, none for None; raises `InvalidInput`."""
    if arguments is None:
        return {}
    if not isinstance(arguments, Mapping) or not all(isinstance(name, str) for name in arguments):
        raise InvalidInput("arguments", f"{arguments!r:.60} is no mapping of parameter names to values")
    return arguments


def _check_text(field: str, text: object) -> None:
    if not isinstance(text, str):
        raise InvalidInput(field, f"{text!r:.60} is not text")


def _named(field: str, name: str, known: Mapping[str, Any]) -> Any:
    try:
        return known[name]
    except (KeyError, TypeError):
        raise InvalidInput(field, f"{name!r:.60} is none of {', '.join(known)}") from None
