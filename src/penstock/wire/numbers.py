"""How statuses and priorities are numbered on the wire."""

from typing import Final

from penstock.model.errors import InvalidInput
from penstock.model.lane import Priority
from penstock.model.lifecycle import Status
from penstock.wire.v1 import penstock_pb2 as pb

STATUS_TO_WIRE: Final[dict[Status, pb.Status]] = {
    Status.NEW: pb.STATUS_NEW,
    Status.HELD: pb.STATUS_HELD,
    Status.ENQUEUED: pb.STATUS_ENQUEUED,
    Status.CLAIMED: pb.STATUS_CLAIMED,
    Status.PROCESSING: pb.STATUS_PROCESSING,
    Status.RETRIABLE_FAILURE: pb.STATUS_RETRIABLE_FAILURE,
    Status.SUCCESS: pb.STATUS_SUCCESS,
    Status.FATAL_FAILURE: pb.STATUS_FATAL_FAILURE,
    Status.DEAD: pb.STATUS_DEAD,
    Status.CANCELLED: pb.STATUS_CANCELLED,
    Status.DROPPED: pb.STATUS_DROPPED,
}
PRIORITY_TO_WIRE: Final[dict[Priority, pb.Priority]] = {
    Priority.HIGH: pb.PRIORITY_HIGH,
    Priority.NORMAL: pb.PRIORITY_NORMAL,
    Priority.LOW: pb.PRIORITY_LOW,
}
_STATUS_FROM_WIRE: Final[dict[int, Status]] = {number: status for status, number in STATUS_TO_WIRE.items()}
_PRIORITY_FROM_WIRE: Final[dict[int, Priority]] = {number: priority for priority, number in PRIORITY_TO_WIRE.items()}


def status_of_wire(number: int) -> Status:
    """The status that a number names; raises `InvalidInput`."""
    try:
        return _STATUS_FROM_WIRE[number]
    except KeyError:
        raise InvalidInput("status", f"{number} is no status") from None


def priority_of_wire(number: int) -> Priority:
    """The priority that a number names, normal for none; raises `InvalidInput`."""
    if number == pb.PRIORITY_UNSPECIFIED:
        return Priority.NORMAL
    try:
        return _PRIORITY_FROM_WIRE[number]
    except KeyError:
        raise InvalidInput("priority", f"{number} is no priority") from None
