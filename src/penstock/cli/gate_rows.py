"""How gates look to people and to programs."""

from collections.abc import Sequence
from typing import Any, Final

from rich.text import Text

from penstock.cli.output import print_table
from penstock.cli.text import one_line, visible
from penstock.cli.when import iso, local
from penstock.model.limits import GATE_COUNT_MAX
from penstock.wire.v1 import penstock_pb2 as pb

_STYLES: Final = {"pause": "magenta", "drop": "red", "open": "green"}


def state_name(number: int) -> str:
    """`open`, `pause` or `drop`."""
    return pb.GateState.Name(number).removeprefix("GATE_STATE_").lower()


def scope(of: pb.Gate | pb.GateLine) -> str:
    """`mail.send_email`, or with its collection."""
    name: str = getattr(of, "lambda")
    return f"{name}, collection {visible(of.collection)}" if of.collection else name


def gate_json(gate: pb.Gate) -> dict[str, Any]:
    """A gate for programs."""
    return {
        "lambda": getattr(gate, "lambda"),
        "collection": gate.collection,
        "state": state_name(gate.state),
        "since": iso(gate.since_us),
        "until": iso(gate.until_us),
        "reason": gate.reason,
        "who": gate.who,
        "version": gate.version,
        "held": gate.held,
    }


def change_json(line: pb.GateLine) -> dict[str, Any]:
    """A line of the trail for programs."""
    return {
        "at": iso(line.at_us),
        "lambda": getattr(line, "lambda"),
        "collection": line.collection,
        "state": state_name(line.state),
        "until": iso(line.until_us),
        "reason": line.reason,
        "who": line.who,
        "version": line.version,
    }


def gate_text(gate: pb.Gate) -> str:
    """In one sentence: `pause on mail.send_email since ... until ... by ada@laptop: too many bounces`."""
    until = f" until {local(gate.until_us)}" if gate.until_us else ""
    since = f" since {local(gate.since_us)}" if gate.since_us else ""
    by = f" by {visible(gate.who)}" if gate.who else ""
    reason = f": {one_line(gate.reason)}" if gate.reason else ""
    return f"{state_name(gate.state)} on {scope(gate)}{since}{until}{by}{reason}"


def print_gate(gate: pb.Gate) -> None:
    """One, as it was set."""
    print(gate_text(gate))


def print_gates(gates: Sequence[pb.Gate]) -> None:
    """Those that stand."""
    columns = ("LAMBDA", "COLLECTION", "STATE", "SINCE", "UNTIL", "HOLDS", "WHO", "REASON")
    print_table(columns, [_row(gate) for gate in gates])


def print_changes(lines: Sequence[pb.GateLine]) -> None:
    """The trail."""
    columns = ("AT", "LAMBDA", "COLLECTION", "STATE", "UNTIL", "WHO", "REASON")
    print_table(columns, [_line(line) for line in lines])


def _row(gate: pb.Gate) -> list[str | Text]:
    held = f"{GATE_COUNT_MAX} or more" if gate.held >= GATE_COUNT_MAX else str(gate.held)
    return [
        getattr(gate, "lambda"),
        gate.collection,
        _styled(gate.state),
        local(gate.since_us),
        local(gate.until_us),
        held,
        gate.who,
        one_line(gate.reason),
    ]


def _line(line: pb.GateLine) -> list[str | Text]:
    return [
        local(line.at_us),
        getattr(line, "lambda"),
        line.collection,
        _styled(line.state),
        local(line.until_us),
        line.who,
        one_line(line.reason),
    ]


def _styled(state: int) -> Text:
    return Text(state_name(state), _STYLES.get(state_name(state), ""))
