"""Endpoints on the wire. No secret and no header's value is ever told."""

from collections.abc import Sequence
from typing import Final

from penstock.model.endpoint import AnswerPolicy, ContentMode, Endpoint, EndpointSpec, Health, TargetHealth
from penstock.model.errors import InvalidInput
from penstock.model.policy import LambdaPolicy
from penstock.wire.quota_codec import declared_from_wire
from penstock.wire.subscription_codec import subscription_from_wire, subscription_to_wire
from penstock.wire.v1 import penstock_pb2 as pb

_NUMBERS: Final = ("timeout_s", "connect_timeout_s", "read_timeout_s", "concurrency", "rate_per_s")
_ANSWERS: Final = AnswerPolicy.__struct_fields__
_MODES: Final = {
    ContentMode.BINARY: pb.ENDPOINT_MODE_BINARY,
    ContentMode.STRUCTURED: pb.ENDPOINT_MODE_STRUCTURED,
}
_HEALTH: Final = {
    Health.WELL: pb.ENDPOINT_HEALTH_STATE_WELL,
    Health.OPEN: pb.ENDPOINT_HEALTH_STATE_OPEN,
    Health.PROBED: pb.ENDPOINT_HEALTH_STATE_PROBED,
    Health.THROTTLED: pb.ENDPOINT_HEALTH_STATE_THROTTLED,
}
_POLICY: Final = ("attempts_max", "backoff_base_s", "backoff_factor", "backoff_max_s")


def spec_from_wire(wire: pb.EndpointSpec) -> EndpointSpec:
    """What is not set has its default; raises `InvalidInput` for numbers that name nothing."""
    if wire.mode not in {0, *ContentMode}:
        raise InvalidInput("mode", f"{wire.mode} is none; use binary or structured")
    if wire.HasField("policy") and wire.policy.HasField("timeout_s"):
        raise InvalidInput("policy", "has a timeout; of an endpoint it is derived from timeout_s and unknown_s")
    return EndpointSpec(
        urls=tuple(wire.urls),
        headers=tuple((each.name, each.value) for each in wire.headers),
        mode=ContentMode(wire.mode or ContentMode.BINARY),
        answers=AnswerPolicy(**{field: getattr(wire, field) for field in _ANSWERS if wire.HasField(field)}),
        policy=LambdaPolicy(
            **{field: getattr(wire.policy, field) for field in _POLICY if wire.policy.HasField(field)},
            quota=declared_from_wire(wire.policy.quota),
        ),
        subscription=subscription_from_wire(wire.subscription) if wire.HasField("subscription") else None,
        **{field: getattr(wire, field) for field in _NUMBERS if wire.HasField(field)},
    )


def endpoint_to_wire(endpoint: Endpoint, health: Sequence[TargetHealth] = ()) -> pb.Endpoint:
    """As anybody may see it."""
    wire = pb.Endpoint(
        spec=_spec_to_wire(endpoint.spec),
        gone=endpoint.gone,
        disabled_because=endpoint.disabled_because,
        disabled_at_us=endpoint.disabled_at_us,
        created_at_us=endpoint.created_at_us,
        changed_at_us=endpoint.changed_at_us,
        previous_until_us=endpoint.previous_until_us,
        health=[_health_to_wire(each) for each in health],
    )
    setattr(wire, "lambda", endpoint.lambda_name)
    return wire


def _spec_to_wire(spec: EndpointSpec) -> pb.EndpointSpec:
    return pb.EndpointSpec(
        urls=spec.urls,
        headers=[pb.EndpointHeader(name=name) for name, _ in spec.headers],
        mode=_MODES[spec.mode],
        policy=pb.LambdaPolicy(**{field: getattr(spec.policy, field) for field in _POLICY}),
        subscription=None if spec.subscription is None else subscription_to_wire(spec.subscription),
        **{field: getattr(spec, field) for field in _NUMBERS},
        **{field: getattr(spec.answers, field) for field in _ANSWERS},
    )


def _health_to_wire(word: TargetHealth) -> pb.EndpointHealth:
    return pb.EndpointHealth(
        url=word.url,
        worker=word.worker,
        state=_HEALTH[word.health],
        since_us=word.since_us,
        next_us=word.next_us,
        in_flight=word.in_flight,
        succeeded=word.succeeded,
        failed=word.failed,
        problem=word.problem,
        told_at_us=word.told_at_us,
    )
