"""How endings are numbered on the wire."""

from typing import Final

from penstock.model.errors import InvalidInput
from penstock.model.lifecycle import Event
from penstock.wire.v1 import penstock_pb2 as pb

TO_WIRE: Final[dict[Event, pb.Ending]] = {
    Event.SUCCEEDED: pb.ENDING_SUCCEEDED,
    Event.FAILED_FATALLY: pb.ENDING_FAILED_FATALLY,
    Event.FAILED_RETRIABLY: pb.ENDING_FAILED_RETRIABLY,
    Event.TIMED_OUT: pb.ENDING_TIMED_OUT,
    Event.RAISED: pb.ENDING_RAISED,
    Event.UNDECODABLE: pb.ENDING_UNDECODABLE,
    Event.CRASHED_ALONE: pb.ENDING_CRASHED_ALONE,
    Event.CRASHED_IN_COMPANY: pb.ENDING_CRASHED_IN_COMPANY,
    Event.LEASE_LOST: pb.ENDING_LEASE_LOST,
    Event.STOPPED_FOR_CANCEL: pb.ENDING_CANCELLED,
    Event.RELEASE: pb.ENDING_RELEASED,
}
FROM_WIRE: Final[dict[int, Event]] = {number: event for event, number in TO_WIRE.items()}


def event_of(number: int) -> Event:
    """The event that a wire ending names; raises `InvalidInput`."""
    try:
        return FROM_WIRE[number]
    except KeyError:
        raise InvalidInput("endings", f"{number} is no ending") from None
