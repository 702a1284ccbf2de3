"""The promises about events, each a question to what was written down; docs/decisions/0028 says how they are kept."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from tests.processes.fault_run.checks import claims_rise, no_overlap
from tests.processes.fault_run.events.history import EventHistory
from tests.processes.fault_run.events.lambdas import is_poison

Check = Callable[[EventHistory], Iterable[str]]


def base_holds(history: EventHistory) -> Iterator[str]:
    """T4, T5: claims rise, and no two executions of a subject's delivery run at the same time."""
    yield from claims_rise(history.base)
    yield from no_overlap(history.base)


def every_event_is_done(history: EventHistory) -> Iterator[str]:
    """E1, E5, E8: by every subscription that it is owed to, whenever it was committed and whoever heard of it."""
    for (name, subject), owed in history.owed.items():
        missing = [each for each in owed if (name, subject, each) not in history.done_at]
        if missing:
            yield f"lost: {name} is not done with {len(missing)} events of {subject}: {missing[:3]}"


def first_times_are_in_order(history: EventHistory) -> Iterator[str]:
    """E2: who is done with an event was done with all before it."""
    for (name, subject), owed in history.owed.items():
        before_us = 0
        for sequence in owed:
            at_us = history.done_at.get((name, subject, sequence), before_us)
            if at_us < before_us:
                yield f"order: {name} was done with {sequence} of {subject} {before_us - at_us} us too early"
            before_us = max(before_us, at_us)


def cursors_pass_only_what_is_done(history: EventHistory) -> Iterator[str]:
    """E3: a cursor that was seen never goes back, and all up to it was done when it was seen."""
    last: dict[bytes, int] = {}
    for sample in history.samples:
        if sample.cursor < last.get(sample.delivery, 0):
            yield f"cursor: {sample.delivery.hex()} went back to {sample.cursor}"
        if sample.cursor == last.get(sample.delivery):
            continue
        row = history.rows[sample.delivery]
        for sequence in history.owed.get((row.subscription, row.subject), ()):
            if not last.get(sample.delivery, 0) < sequence <= sample.cursor:
                continue
            at_us = history.done_at.get((row.subscription, row.subject, sequence))
            if at_us is None or at_us > sample.at_us:
                yield f"cursor: {row.subscription} {row.subject} stood at {sample.cursor}, and {sequence} was not done"
        last[sample.delivery] = sample.cursor


def what_is_acknowledged_stands(history: EventHistory) -> Iterator[str]:
    """E4: under its sequence, for everybody the same, and once."""
    stands = {place: each.number for place, each in history.stands.items()}
    for stream, subject, sequence, number in history.acknowledged:
        if stands.get((stream, subject, sequence)) != number:
            yield f"log: {number} was acknowledged as {sequence} of {subject}, and is not there"
    twice: dict[tuple[str, int], tuple[str, int]] = {}
    for stream, subject, sequence, number in history.acknowledged:
        other = twice.setdefault((stream, number), (subject, sequence))
        if other != (subject, sequence):
            yield f"log: {number} was acknowledged as {sequence} of {subject} and as {other[1]} of {other[0]}"
    for given in history.given:
        of = history.subscribed.get(given.subscription)
        for sequence, number in given.events if of is not None else ():
            if of is not None and stands.get((of.stream, given.subject, sequence)) != number:
                yield f"log: {given.subscription} was given {number} as {sequence} of {given.subject}"


def nobody_is_before_those_that_go_first(history: EventHistory) -> Iterator[str]:
    """E6: who goes after another one is given what that one was done with, and nothing that it has given up."""
    for given in history.given:
        of = history.subscribed.get(given.subscription)
        for sequence, _ in given.events if of is not None and of.after else ():
            assert of is not None
            key = (of.after, given.subject, sequence)
            if key in history.skipped:
                yield f"after: {given.subscription} was given {sequence} of {given.subject}, which {of.after} gave up"
            elif history.wants(of.after, given.subject, sequence) and history.done_at.get(key, 2**63) > given.at_us:
                yield f"after: {given.subscription} was given {sequence} of {given.subject} before {of.after} was done"


def only_the_guilty_die(history: EventHistory) -> Iterator[str]:
    """No event is given up for what was killed around it."""
    for delivery, sequence in history.letters:
        row = history.rows[delivery]
        if row.subscription != "audit" or not is_poison(history.stands[row.stream, row.subject, sequence].number):
            yield f"dead: {row.subscription} gave up {sequence} of {row.subject}"


def files_are_known_as_they_are(history: EventHistory) -> Iterator[str]:
    """E1 of a source that keeps the latest: what was told last of a file is how it is."""
    last: dict[str, int] = {}
    for given in history.given:
        if given.subscription == "file_away":
            last[given.subject] = given.events[-1][1]
    for path, size in history.sizes.items():
        if last.get(path) != size:
            yield f"file: {path} has {size} bytes, and {last.get(path)} was told last"


def nothing_waits(history: EventHistory) -> Iterator[str]:
    """E1: in the end every row has come as far as its source."""
    for row in history.rows.values():
        if row.waits:
            yield f"waits: {row.subscription} {row.subject} at {row.cursor}"


ALL: Final[dict[str, Check]] = {
    check.__name__: check
    for check in (
        base_holds,
        every_event_is_done,
        first_times_are_in_order,
        cursors_pass_only_what_is_done,
        what_is_acknowledged_stands,
        nobody_is_before_those_that_go_first,
        only_the_guilty_die,
        files_are_known_as_they_are,
        nothing_waits,
    )
}


def violations(history: EventHistory) -> list[str]:
    """Of all checks."""
    return [sentence for check in ALL.values() for sentence in check(history)]
