"""Dead letters and sweeps: between the model and protobuf."""

from penstock.model.errors import InvalidInput
from penstock.model.sweep import OVER_LETTERS, DeadLetterFilter, DeadLetterGroup, Sweep, SweepKind
from penstock.wire.selection_codec import selection_from_wire, selection_to_wire
from penstock.wire.v1 import penstock_pb2 as pb


def filter_from_wire(wanted: pb.DeadLetterFilter) -> DeadLetterFilter:
    """Not checked."""
    return DeadLetterFilter(
        lambda_name=getattr(wanted, "lambda"),
        collection=wanted.collection,
        error_type=wanted.error_type,
        cause=wanted.cause,
        from_us=wanted.from_us,
        until_us=wanted.until_us,
    )


def filter_to_wire(wanted: DeadLetterFilter) -> pb.DeadLetterFilter:
    """Fields by the same names."""
    message = pb.DeadLetterFilter(
        collection=wanted.collection,
        error_type=wanted.error_type,
        cause=wanted.cause,
        from_us=wanted.from_us,
        until_us=wanted.until_us,
    )
    setattr(message, "lambda", wanted.lambda_name)
    return message


def group_to_wire(group: DeadLetterGroup) -> pb.DeadLetterGroup:
    """Fields by the same names."""
    message = pb.DeadLetterGroup(
        collection=group.collection,
        error_type=group.error_type,
        cause=group.cause,
        count=group.count,
        oldest_us=group.oldest_us,
        newest_us=group.newest_us,
    )
    setattr(message, "lambda", group.lambda_name)
    return message


def kind_from_wire(number: int) -> SweepKind:
    """Raises `InvalidInput`."""
    try:
        return SweepKind(number)
    except ValueError:
        known = ", ".join(kind.name for kind in SweepKind)
        raise InvalidInput("kind", f"{number} is none; say one of {known}") from None


def order_from_wire(request: pb.StartSweepRequest) -> Sweep:
    """Its kind is checked, and that it says what that takes; raises `InvalidInput`. The namespace is not known yet."""
    kind = kind_from_wire(request.kind)
    if kind in OVER_LETTERS and request.HasField("selection"):
        raise InvalidInput("selection", f"is for a CANCEL or a RETRY; a {kind.name} takes a filter")
    if kind not in OVER_LETTERS and request.HasField("filter"):
        raise InvalidInput("filter", f"is for a REDRIVE or a PURGE; a {kind.name} takes a selection")
    return Sweep(
        id=request.request_token,
        namespace_id=0,
        kind=kind,
        wanted=filter_from_wire(request.filter) if kind in OVER_LETTERS else selection_from_wire(request.selection),
        rate_per_s=request.rate_per_s,
        asked_by=request.asked_by,
        reason=request.reason,
    )


def sweep_to_wire(sweep: Sweep) -> pb.Sweep:
    """The numbers of kinds and statuses are the wire's."""
    message = pb.Sweep(
        sweep_id=sweep.id,
        kind=pb.SweepKind.Name(sweep.kind),
        status=pb.SweepStatus.Name(sweep.status),
        rate_per_s=sweep.rate_per_s,
        handled=sweep.handled,
        created_at_us=sweep.created_at_us,
        ended_at_us=sweep.ended_at_us,
        asked_by=sweep.asked_by,
        reason=sweep.reason,
        stopped_by=sweep.stopped_by,
    )
    if isinstance(sweep.wanted, DeadLetterFilter):
        message.filter.CopyFrom(filter_to_wire(sweep.wanted))
    else:
        message.selection.CopyFrom(selection_to_wire(sweep.wanted))
    return message
