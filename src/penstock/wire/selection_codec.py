"""Selections of tasks and what they mean: between the model and protobuf."""

from penstock.model.errors import InvalidInput
from penstock.model.lifecycle import Status
from penstock.model.selection import TaskGroup, TaskSelection
from penstock.wire.numbers import STATUS_TO_WIRE
from penstock.wire.v1 import penstock_pb2 as pb


def selection_from_wire(wanted: pb.TaskSelection) -> TaskSelection:
    """Only its statuses are checked; raises `InvalidInput`."""
    return TaskSelection(
        lambda_name=getattr(wanted, "lambda"),
        collection=wanted.collection,
        statuses=tuple(sorted({_status_of(number) for number in wanted.statuses})),
        scheduled_from_us=wanted.scheduled_from_us,
        scheduled_until_us=wanted.scheduled_until_us,
        attributes=tuple(sorted(wanted.attributes.items())),
    )


def selection_to_wire(wanted: TaskSelection) -> pb.TaskSelection:
    """Fields by the same names."""
    message = pb.TaskSelection(
        collection=wanted.collection,
        statuses=[STATUS_TO_WIRE[status] for status in wanted.statuses],
        scheduled_from_us=wanted.scheduled_from_us,
        scheduled_until_us=wanted.scheduled_until_us,
        attributes=dict(wanted.attributes),
    )
    setattr(message, "lambda", wanted.lambda_name)
    return message


def task_group_to_wire(group: TaskGroup) -> pb.SelectedGroup:
    """Fields by the same names."""
    message = pb.SelectedGroup(
        status=STATUS_TO_WIRE[group.status], count=group.count, oldest_us=group.oldest_us, newest_us=group.newest_us
    )
    setattr(message, "lambda", group.lambda_name)
    return message


def _status_of(number: int) -> Status:
    try:
        return Status(number)
    except ValueError:
        raise InvalidInput("statuses", f"{number} is none") from None
