"""Events: none lost, each in its order, no cursor past what is not done, nobody before those that go first."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from penstock.model.delivery import aside_id, delivery_id, is_aside
from penstock.model.event import StoredEvent, hash_of_subject
from penstock.model.identity import bucket_of
from penstock.model.lane import lambda_of
from penstock.model.lifecycle import HELD_FOR_DEAD_EVENT, Event
from penstock.model.subscription import Order
from penstock.testing.world.event_lambdas import POISON

if TYPE_CHECKING:
    from penstock.model.identity import TaskId
    from penstock.ports.registry import LambdaRecord
    from penstock.testing.world.event_lambdas import Handed, SimulatedEventLambda
    from penstock.testing.world.witness import CursorMove
    from penstock.testing.world.world import World


def every_event_is_handed_over(world: "World") -> Iterator[str]:
    """E1: to each subscription that wants it, and its lambda is done with it; or it is a dead letter, or comes after
    one that blocks its subject, or a gate has dropped it.
    """
    finished = _finished(world)
    for task_id, subscriber, subject, events in _rows(world):
        place, row = world.cluster.deliveries[task_id], world.cluster.live.get(task_id)
        done = finished.get((subscriber.name, subject), set()) | _passed_by_order(world, task_id)
        done |= _dropped_aside(world, task_id, events)
        is_blocked = row is not None and row.held_for == HELD_FOR_DEAD_EVENT
        for event in events:
            if is_blocked and event.sequence > place.cursor:
                break
            if event.sequence > place.cursor:
                yield f"task {task_id.hex()}: event {event.sequence} of {subject} has not been handed over"
            elif not subscriber.wants(event) or event.sequence in done or _is_given_up(world, task_id, event):
                continue
            elif subscriber.subscription.order is not Order.LATEST or event is events[-1]:
                yield f"task {task_id.hex()}: event {event.sequence} of {subject} was passed over"


def what_was_acknowledged_stands_in_the_journal(world: "World") -> Iterator[str]:
    """E4, its beginning: under the sequence that the publisher was told, once."""
    for subject, sequences in world.publisher.acknowledged.items():
        stored = [event.sequence for event in _events(world, subject)]
        if len(set(stored)) < len(stored):
            yield f"subject {subject} has a sequence twice"
        for sequence in set(sequences) - set(stored):
            yield f"event {sequence} of {subject} was acknowledged and is gone"


def events_of_a_subject_are_done_in_their_order(world: "World") -> Iterator[str]:
    """E2: by the first time that each was done."""
    seen: dict[tuple[str, str], int] = {}
    for handed in sorted(world.handed, key=_end):
        key = (handed.lambda_name, handed.subject)
        if list(handed.sequences) != sorted(set(handed.sequences)):
            yield f"task {handed.interval.task.hex()} was handed {handed.sequences}"
        for sequence in handed.done():
            last = seen.get(key, 0)
            gap = [
                event
                for event in _events(world, handed.subject)
                if last < event.sequence < sequence
                and world.event_lambdas[handed.lambda_name].wants(event)
                and not _is_given_up(world, handed.interval.task, event)
                and event.sequence not in _passed_by_order(world, handed.interval.task)
            ]
            if gap and world.event_lambdas[handed.lambda_name].subscription.order is Order.SUBJECT:
                yield f"task {handed.interval.task.hex()}: {sequence} was done before {gap[0].sequence}"
            seen[key] = max(last, sequence)


def a_cursor_passes_only_what_is_done(world: "World") -> Iterator[str]:
    """E3: it never moves back, and what it passes was done under the very claim that moved it, or is dead."""
    handed = {(each.interval.task, each.interval.claim): each for each in world.handed}
    names = {record.id: name for name, record in _records(world).items()}
    stood = world.cluster.deliveries.keys()
    for move in world.cursor_moves:
        place = world.cluster.deliveries[move.task]
        subscriber = world.event_lambdas[names[lambda_of(place.lane)]]
        if move.after < move.before:
            yield f"task {move.task.hex()}: the cursor went back from {move.before} to {move.after}"
        if move.event is Event.DROP or subscriber.subscription.order is Order.LATEST:
            continue
        execution = handed.get((move.task, move.claim))
        done = execution.done() if execution else ()
        for event in _events(world, place.subject):
            if not move.before < event.sequence <= move.after or not subscriber.wants(event):
                continue
            if subscriber.subscription.order is Order.NONE and aside_id(move.task, event.sequence) in stood:
                continue
            if event.sequence not in done and not _is_given_up(world, move.task, event):
                yield f"task {move.task.hex()}: claim {move.claim} moved the cursor past {event.sequence}, not done"


def nobody_sees_an_event_before_those_that_go_first(world: "World") -> Iterator[str]:
    """E6: their cursors had passed it when the execution began."""
    moves: dict[tuple[str, str], list[CursorMove]] = {}
    names = {record.id: name for name, record in _records(world).items()}
    for move in world.cursor_moves:
        place = world.cluster.deliveries[move.task]
        moves.setdefault((names[lambda_of(place.lane)], place.subject), []).append(move)
    for handed in world.handed:
        for first in world.event_lambdas[handed.lambda_name].subscription.after:
            passed = [m.after for m in moves.get((first, handed.subject), ()) if m.at_s <= handed.interval.start_s]
            if max(passed, default=0) < handed.sequences[-1]:
                yield (
                    f"task {handed.interval.task.hex()} was handed {handed.sequences[-1]} of {handed.subject} at"
                    f" {handed.interval.start_s:.4f}, and {first} had come to {max(passed, default=0)}"
                )


def nobody_sees_what_those_that_go_first_gave_up(world: "World") -> Iterator[str]:
    """Whoever has given an event up will never be done with it."""
    for handed in world.handed:
        for event in _events(world, handed.subject):
            task_id = handed.interval.task
            if event.sequence in handed.sequences and any(
                (each, event.sequence) in world.cluster.event_letters for each in _rows_before(world, task_id)
            ):
                yield f"task {task_id.hex()} was handed {event.sequence} of {handed.subject}, which was given up"


def only_wanted_events_are_handed_over(world: "World") -> Iterator[str]:
    """And only such that exist."""
    for handed in world.handed:
        known = {event.sequence: event for event in _events(world, handed.subject)}
        for sequence in handed.sequences:
            if sequence not in known or not world.event_lambdas[handed.lambda_name].wants(known[sequence]):
                yield f"task {handed.interval.task.hex()} was handed {sequence} of {handed.subject}"
        if len(handed.sequences) > world.event_lambdas[handed.lambda_name].subscription.batch_max:
            yield f"task {handed.interval.task.hex()} was handed {len(handed.sequences)} events at once"


def only_guilty_events_die(world: "World") -> Iterator[str]:
    """An event is a dead letter for its own doing: its neighbours in a batch, executors and machines are no reason."""
    for (task_id, sequence), letter in world.cluster.event_letters.items():
        if letter.event.data != POISON:
            yield f"task {task_id.hex()}: event {sequence} is dead, {letter.reason}"


def _records(world: "World") -> dict[str, "LambdaRecord"]:
    return {record.name: record for record in world.cluster.lambdas.values()}


def _rows(world: "World") -> "Iterator[tuple[TaskId, SimulatedEventLambda, str, list[StoredEvent]]]":
    names = {record.id: name for name, record in _records(world).items()}
    subscribed = [number for number, name in names.items() if name in world.event_lambdas]
    found = {
        (lambda_of(place.lane), place.subject): task_id
        for task_id, place in world.cluster.deliveries.items()
        if not is_aside(task_id)
    }
    subjects = {event.subject for events in world.cluster.events.values() for event in events}
    for number in subscribed:
        for subject in sorted(subjects):
            task_id = found.get((number, subject))
            if task_id is None:
                world.chronicle.breach(f"{names[number]} has no row for {subject}")
            else:
                yield task_id, world.event_lambdas[names[number]], subject, _events(world, subject)


def _events(world: "World", subject: str) -> list[StoredEvent]:
    subject_hash = hash_of_subject(subject)
    return next((events for (_, key), events in world.cluster.events.items() if key == subject_hash), [])


def _finished(world: "World") -> dict[tuple[str, str], set[int]]:
    finished: dict[tuple[str, str], set[int]] = {}
    for handed in world.handed:
        finished.setdefault((handed.lambda_name, handed.subject), set()).update(handed.done())
    return finished


def _is_given_up(world: "World", task_id: "TaskId", event: StoredEvent) -> bool:
    """By it, or where it was set aside, or by those that go first."""
    letters = world.cluster.event_letters
    rows = (task_id, aside_id(task_id, event.sequence), *_rows_before(world, task_id))
    return any((each, event.sequence) in letters for each in rows)


def _dropped_aside(world: "World", task_id: "TaskId", events: list[StoredEvent]) -> set[int]:
    """Events that were set aside, and that a gate has dropped there."""
    dropped = {move.task for move in world.cursor_moves if move.event is Event.DROP and is_aside(move.task)}
    return {event.sequence for event in events if dropped and aside_id(task_id, event.sequence) in dropped}


def _rows_before(world: "World", task_id: "TaskId") -> "list[TaskId]":
    """Of the same subject; nobody in this world goes after one that goes after another."""
    place, records = world.cluster.deliveries[task_id], _records(world)
    name = next(name for name, record in records.items() if record.id == lambda_of(place.lane))
    firsts = [records[first].id for first in world.event_lambdas[name].subscription.after if first in records]
    return [delivery_id(first, place.stream_id, place.subject_hash, bucket_of(task_id)) for first in firsts]


def _passed_by_order(world: "World", task_id: "TaskId") -> set[int]:
    """What a gate has dropped."""
    subject = world.cluster.deliveries[task_id].subject
    return {
        event.sequence
        for move in world.cursor_moves
        if move.task == task_id and move.event is Event.DROP
        for event in _events(world, subject)
        if move.before < event.sequence <= move.after
    }


def _end(handed: "Handed") -> float:
    return float("inf") if handed.interval.end_s is None else handed.interval.end_s
