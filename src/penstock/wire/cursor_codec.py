"""Cursors, findings and loops of refresh on the wire."""

from typing import Final

from penstock.model.cursor_words import short_reason_of
from penstock.model.cursors import CursorCount, CursorOrderLine, KeptLetter, StandingRow
from penstock.model.delivery import is_replay
from penstock.model.filter_failures import KnownFilterFailures
from penstock.model.lag import Lag
from penstock.model.lifecycle import Status
from penstock.model.refresh import Finding, RefreshLoop, RefreshState, Trouble
from penstock.model.subscription import Subscription
from penstock.wire.numbers import STATUS_TO_WIRE
from penstock.wire.subscription_codec import ORDER_TO_WIRE
from penstock.wire.v1 import penstock_pb2 as pb

_TROUBLES: Final = {
    Trouble.DEAD_EVENT: pb.TROUBLE_DEAD_EVENT,
    Trouble.FAILING: pb.TROUBLE_FAILING,
    Trouble.STUCK: pb.TROUBLE_STUCK,
}


def loop_to_wire(stream: str, state: RefreshState) -> pb.RefreshLoop:
    """How a loop stands."""
    return pb.RefreshLoop(
        stream=stream,
        full=state.loop is RefreshLoop.FULL,
        began_at_us=state.began_at_us,
        subjects=state.count.subjects,
        behind=state.count.behind,
        troubled=state.count.troubled,
        last_began_at_us=state.last_began_at_us,
        last_ended_at_us=state.last_ended_at_us,
        last_subjects=state.last_count.subjects,
        last_behind=state.last_count.behind,
        last_troubled=state.last_count.troubled,
        next_at_us=state.next_at_us,
        asked_by=state.asked_by,
    )


def finding_to_wire(found: Finding) -> pb.RefreshFinding:
    """A subject that does not go on."""
    return pb.RefreshFinding(
        subscription=found.subscription,
        subject=found.subject,
        trouble=_TROUBLES[found.trouble],
        cursor=found.cursor,
        head=found.head,
        attempts=found.attempts,
        crashes=found.crashes,
        stands_us=found.stands_us,
        seen_at_us=found.seen_at_us,
    )


def lag_to_wire(lag: Lag) -> pb.CursorLag:
    """A subject that a subscription has not completed."""
    return pb.CursorLag(
        subscription=lag.subscription.lambda_name,
        stream=lag.subscription.spec.stream,
        subject=lag.subject.subject,
        cursor=lag.cursor,
        head=lag.subject.sequence,
        waits_for=short_reason_of(lag),
        stands_us=lag.row.stands_us,
    )


def summary_to_wire(subscription: Subscription, count: CursorCount) -> pb.CursorSummary:
    """A subscription and what its subjects wait for."""
    spec = subscription.spec
    return pb.CursorSummary(
        subscription=subscription.lambda_name,
        stream=spec.stream,
        waiting=count.waiting,
        running=count.running,
        failed=count.failed,
        blocked=count.blocked,
        gated=count.gated,
        letters=count.letters,
        longest_us=count.longest_us,
        order=ORDER_TO_WIRE[spec.order],
        after=spec.after,
        start_at_us=spec.start_at_us,
    )


def filter_failures_to_wire(known: KnownFilterFailures | None) -> pb.FilterFailures | None:
    """What is known of a filter that failed."""
    if known is None:
        return None
    one = known.failures
    return pb.FilterFailures(
        count=one.count, error=one.error, subject=one.subject, sequence=one.sequence, at_us=known.last_at_us
    )


def row_to_wire(standing: StandingRow) -> pb.CursorRow:
    """One subject of a subscription."""
    row, trigger = standing.row, standing.row.trigger
    is_idle = trigger.status is Status.IDLE
    return pb.CursorRow(
        subject=row.subject,
        cursor=row.cursor,
        head=row.head,
        status=pb.STATUS_UNSPECIFIED if is_idle else STATUS_TO_WIRE[trigger.status],
        held_for=trigger.held_for,
        attempts=trigger.attempts,
        crashes=trigger.crashes,
        lapses=trigger.lapses,
        next_look_at_us=trigger.trigger_at_us,
        stands_us=0 if is_idle else standing.stands_us,
        batch_limit=row.batch_limit,
        executor=trigger.executor,
        is_replay=is_replay(trigger.id),
    )


def event_letter_to_wire(kept: KeptLetter) -> pb.EventLetter:
    """A dead event."""
    letter = kept.letter
    return pb.EventLetter(
        subject=letter.event.subject,
        sequence=letter.event.sequence,
        died_at_us=kept.died_at_us,
        reason=letter.reason,
        blocks=letter.blocks,
        attempts=letter.attempts,
        crashes=letter.crashes,
        error_type=letter.failure.type,
        error_message=letter.failure.message,
        type=letter.event.type,
    )


def order_to_wire(line: CursorOrderLine) -> pb.CursorOrderLine:
    """An order that was obeyed."""
    return pb.CursorOrderLine(
        kind=str(line.kind),
        subject=line.subject,
        sequence=line.sequence,
        at_us=line.at_us,
        who=line.who,
        reason=line.reason,
    )
