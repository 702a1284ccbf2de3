"""Explanations, lanes and who serves them on the wire."""

from penstock.model.attendance import Attendance
from penstock.model.explanation import Explanation, TaskFacts
from penstock.model.lane import priority_of
from penstock.model.lane_count import LaneCount
from penstock.wire.gate_codec import gate_to_wire
from penstock.wire.numbers import PRIORITY_TO_WIRE
from penstock.wire.task_codec import view_to_wire
from penstock.wire.v1 import penstock_pb2 as pb


def explanation_to_wire(explanation: Explanation) -> pb.Explanation:
    """Fields by the same names."""
    return pb.Explanation(
        code=explanation.code, sentence=explanation.sentence, remedy=explanation.remedy, notes=explanation.notes
    )


def task_to_wire(explanation: Explanation, facts: TaskFacts) -> pb.ExplainTaskReply:
    """An answer with its facts."""
    reply = pb.ExplainTaskReply(
        explanation=explanation_to_wire(explanation),
        task=view_to_wire(facts.view),
        older=facts.older,
        drain_per_s=facts.drain_per_s,
        periodic=facts.periodic,
        attempts_max=facts.policy.attempts_max,
        now_us=facts.now_us,
    )
    if facts.gate is not None:
        reply.gate.CopyFrom(gate_to_wire(facts.gate))
    if facts.attendance is not None:
        reply.attendance.CopyFrom(_attendance(facts.attendance))
    return reply


def lane_to_wire(count: LaneCount, attendance: Attendance | None, drain_per_s: float) -> pb.Lane:
    """One lane; its numbers by the same names."""
    lane = pb.Lane(
        priority=PRIORITY_TO_WIRE[priority_of(count.lane)],
        registered=count.registered,
        due=count.due,
        later=count.later,
        backing_off=count.backing_off,
        held=count.held,
        enqueued=count.enqueued,
        claimed=count.claimed,
        processing=count.processing,
        suspects=count.suspects,
        oldest_due_us=count.oldest_due_us,
        drain_per_s=drain_per_s,
    )
    setattr(lane, "lambda", count.lambda_name)
    if attendance is not None:
        lane.attendance.CopyFrom(_attendance(attendance))
    return lane


def _attendance(there: Attendance) -> pb.Attendance:
    return pb.Attendance(
        ready=there.ready,
        busy=there.busy,
        silent=there.silent,
        stopping=there.stopping,
        quarantine_ready=there.quarantine_ready,
        quarantine_busy=there.quarantine_busy,
        credit=there.credit,
        busy_us=round(there.busy_s * 1_000_000),
    )
