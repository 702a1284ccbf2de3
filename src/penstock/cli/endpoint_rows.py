"""How endpoints look to people and to programs."""

from collections.abc import Sequence
from typing import Any

from penstock.cli.output import print_table
from penstock.cli.text import one_line
from penstock.cli.when import iso, local
from penstock.wire.v1 import penstock_pb2 as pb

_STATES = {
    pb.ENDPOINT_HEALTH_STATE_WELL: "healthy",
    pb.ENDPOINT_HEALTH_STATE_OPEN: "open",
    pb.ENDPOINT_HEALTH_STATE_PROBED: "half open",
    pb.ENDPOINT_HEALTH_STATE_THROTTLED: "throttled",
}


def endpoint_json(endpoint: pb.Endpoint) -> dict[str, Any]:
    """An endpoint for programs."""
    spec = endpoint.spec
    return {
        "lambda": getattr(endpoint, "lambda"),
        "urls": list(spec.urls),
        "gone": list(endpoint.gone),
        "enabled": not endpoint.disabled_because,
        "disabled_because": endpoint.disabled_because,
        "disabled": iso(endpoint.disabled_at_us),
        "stream": spec.subscription.stream if spec.HasField("subscription") else None,
        "batch": spec.subscription.batch_max if spec.HasField("subscription") else None,
        "mode": pb.EndpointMode.Name(spec.mode).removeprefix("ENDPOINT_MODE_").lower(),
        "headers": [header.name for header in spec.headers],
        "timeout_s": spec.timeout_s,
        "connect_timeout_s": spec.connect_timeout_s,
        "read_timeout_s": spec.read_timeout_s,
        "concurrency": spec.concurrency,
        "rate_per_s": spec.rate_per_s,
        "attempts_max": spec.policy.attempts_max,
        "client_errors_are_fatal": spec.client_errors_are_fatal,
        "throttling_costs_attempts": spec.throttling_costs_attempts,
        "retry_after_s_max": spec.retry_after_s_max,
        "unknown_s": spec.unknown_s,
        "two_secrets_until": iso(endpoint.previous_until_us),
        "created": iso(endpoint.created_at_us),
        "changed": iso(endpoint.changed_at_us),
        "health": [_health_json(word) for word in endpoint.health],
    }


def print_endpoints(endpoints: Sequence[pb.Endpoint]) -> None:
    """One line each."""
    columns = ("LAMBDA", "TAKES", "STATE", "URLS")
    print_table(columns, [_row(endpoint) for endpoint in endpoints])


def print_health(endpoint: pb.Endpoint) -> None:
    """How each address stands with each push worker."""
    columns = ("URL", "STATE", "SINCE", "NEXT TRY", "UNDER WAY", "DONE", "FAILED", "WORKER", "LATEST PROBLEM")
    print_table(columns, [_health_row(word) for word in endpoint.health])


def state_of(endpoint: pb.Endpoint) -> str:
    """One word, or the worst of several."""
    if endpoint.disabled_because:
        return "disabled"
    states = {word.state for word in endpoint.health}
    for state in (
        pb.ENDPOINT_HEALTH_STATE_OPEN,
        pb.ENDPOINT_HEALTH_STATE_PROBED,
        pb.ENDPOINT_HEALTH_STATE_THROTTLED,
        pb.ENDPOINT_HEALTH_STATE_WELL,
    ):
        if state in states:
            return _STATES[state]
    return "no push worker has told"


def _row(endpoint: pb.Endpoint) -> list[Any]:
    spec = endpoint.spec
    takes = f"events of {spec.subscription.stream}" if spec.HasField("subscription") else "tasks"
    urls = [f"{url} (gone)" if url in endpoint.gone else url for url in spec.urls]
    return [getattr(endpoint, "lambda"), takes, state_of(endpoint), ", ".join(urls)]


def _health_json(word: pb.EndpointHealth) -> dict[str, Any]:
    return {
        "url": word.url,
        "worker": word.worker,
        "state": _STATES.get(word.state, str(word.state)),
        "since": iso(word.since_us),
        "next": iso(word.next_us),
        "in_flight": word.in_flight,
        "succeeded": word.succeeded,
        "failed": word.failed,
        "problem": word.problem,
        "told": iso(word.told_at_us),
    }


def _health_row(word: pb.EndpointHealth) -> list[Any]:
    return [
        word.url,
        _STATES.get(word.state, str(word.state)),
        local(word.since_us),
        local(word.next_us) if word.next_us else "",
        str(word.in_flight),
        str(word.succeeded),
        str(word.failed),
        word.worker,
        one_line(word.problem),
    ]
