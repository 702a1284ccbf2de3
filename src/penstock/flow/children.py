"""What the end of parents did to children is told to the schedulers, so that nobody has to wait for a look."""

from collections.abc import Callable

from penstock.model.family import ChildrenMoved
from penstock.ports.signals import Signals, Topic

_NOW = bytes(8)


def teller(signals: Signals) -> Callable[[ChildrenMoved], None]:
    """For `Transitions.on_children`."""

    def tell(moved: ChildrenMoved) -> None:
        if moved.freed:
            signals.send(Topic.DUE, b"".join(lane.to_bytes(8, "big") + _NOW for lane in sorted(moved.freed)))
        if moved.condemned:
            signals.send(Topic.CHAINS, b"")

    return tell
