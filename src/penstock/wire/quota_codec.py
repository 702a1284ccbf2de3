"""Quotas on the wire."""

from typing import Final

from penstock.model.lane import Priority
from penstock.model.quota import DeclaredQuota, Quota, QuotaKind, QuotaLine
from penstock.wire.numbers import PRIORITY_TO_WIRE
from penstock.wire.v1 import penstock_pb2 as pb

QUOTA_KIND_TO_WIRE: Final[dict[QuotaKind, pb.QuotaKind]] = {
    QuotaKind.SCHEDULE: pb.QUOTA_KIND_SCHEDULE,
    QuotaKind.START: pb.QUOTA_KIND_START,
    QuotaKind.WEIGHT: pb.QUOTA_KIND_WEIGHT,
}


def lanes_to_wire(priority: int) -> pb.Priority:
    """One lane of a lambda, or all of them."""
    return PRIORITY_TO_WIRE[Priority(priority)] if priority else pb.PRIORITY_UNSPECIFIED


def quota_to_wire(quota: Quota, in_force: bool) -> pb.Quota:
    """How a quota stands, and whether it is the one that counts."""
    wire = pb.Quota(
        kind=QUOTA_KIND_TO_WIRE[quota.kind],
        priority=lanes_to_wire(quota.priority),
        amount=quota.amount,
        burst=quota.burst,
        declared=quota.declared,
        in_force=in_force,
        since_us=quota.since_us,
        reason=quota.reason,
        who=quota.who,
        short_us=quota.denied_us,
    )
    setattr(wire, "lambda", quota.lambda_name)
    return wire


def quota_line_to_wire(line: QuotaLine) -> pb.QuotaLine:
    """One line of the trail."""
    wire = pb.QuotaLine(
        version=line.version,
        at_us=line.at_us,
        kind=QUOTA_KIND_TO_WIRE[line.kind],
        priority=lanes_to_wire(line.priority),
        amount=line.amount,
        burst=line.burst,
        reason=line.reason,
        who=line.who,
    )
    setattr(wire, "lambda", line.lambda_name)
    return wire


def declared_to_wire(quota: DeclaredQuota) -> pb.LambdaQuota:
    """What code says of itself."""
    return pb.LambdaQuota(
        schedule_per_s=quota.schedule_per_s,
        schedule_burst=quota.schedule_burst,
        start_per_s=quota.start_per_s,
        weight=quota.weight,
    )


def declared_from_wire(wire: pb.LambdaQuota) -> DeclaredQuota:
    """What is not set is not declared."""
    fields = DeclaredQuota.__struct_fields__
    return DeclaredQuota(**{field: getattr(wire, field) for field in fields if wire.HasField(field)})
