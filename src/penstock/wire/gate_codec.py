"""Gates on the wire."""

from typing import Final

from penstock.model.gate import Gate, GateLine
from penstock.model.lifecycle import GateState
from penstock.wire.v1 import penstock_pb2 as pb

GATE_STATE_TO_WIRE: Final[dict[GateState, pb.GateState]] = {
    GateState.OPEN: pb.GATE_STATE_OPEN,
    GateState.PAUSE: pb.GATE_STATE_PAUSE,
    GateState.DROP: pb.GATE_STATE_DROP,
}


def gate_to_wire(gate: Gate) -> pb.Gate:
    """How a gate stands."""
    wire = pb.Gate(
        collection=gate.collection,
        state=GATE_STATE_TO_WIRE[gate.state],
        version=gate.version,
        since_us=gate.since_us,
        until_us=gate.until_us,
        reason=gate.reason,
        who=gate.who,
        held=gate.held,
    )
    setattr(wire, "lambda", gate.lambda_name)
    return wire


def gate_line_to_wire(line: GateLine) -> pb.GateLine:
    """One line of the trail."""
    wire = pb.GateLine(
        version=line.version,
        at_us=line.at_us,
        collection=line.collection,
        state=GATE_STATE_TO_WIRE[line.state],
        until_us=line.until_us,
        reason=line.reason,
        who=line.who,
    )
    setattr(wire, "lambda", line.lambda_name)
    return wire
