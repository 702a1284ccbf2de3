"""Dead letters and sweeps: between the model and protobuf."""

from penstock.model.errors import InvalidInput
from penstock.model.sweep import DeadLetterFilter, DeadLetterGroup, Sweep, SweepKind
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


def order_from_wire(request: pb.StartSweepRequest) -> Sweep:
    """Its kind is checked and nothing else; raises `InvalidInput`. The namespace is not known yet."""
    try:
        kind = SweepKind(request.kind)
    except ValueError:
        raise InvalidInput("kind", f"{request.kind} is none; say REDRIVE or PURGE") from None
    return Sweep(
        id=request.request_token,
        namespace_id=0,
        kind=kind,
        wanted=filter_from_wire(request.filter),
        rate_per_s=request.rate_per_s,
        asked_by=request.asked_by,
        reason=request.reason,
    )


def sweep_to_wire(sweep: Sweep) -> pb.Sweep:
    """The numbers of kinds and statuses are the wire's."""
    return pb.Sweep(
        sweep_id=sweep.id,
        kind=pb.SweepKind.Name(sweep.kind),
        status=pb.SweepStatus.Name(sweep.status),
        filter=filter_to_wire(sweep.wanted),
        rate_per_s=sweep.rate_per_s,
        handled=sweep.handled,
        created_at_us=sweep.created_at_us,
        ended_at_us=sweep.ended_at_us,
        asked_by=sweep.asked_by,
        reason=sweep.reason,
        stopped_by=sweep.stopped_by,
    )
