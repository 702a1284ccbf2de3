"""The one table of what stands at which path. `docs/http.md` tells it, `/openapi.json` is made from it.

A request's fields are those of the path (in braces), `namespace` in the query, and the others: in the query where
nothing is sent, else in a JSON body.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from penstock.server.access import ACCESS, FRONTEND, ORCHESTRATOR

EVENTS_PATH: Final = "/v1/streams/{stream}/events"
"""where CloudEvents are taken, beside the rows"""


class RouteRow(Struct, frozen=True):
    """One call."""

    verb: str
    path: str
    method: str
    """`/service/call`"""

    @property
    def has_body(self) -> bool:
        """Whether what the path doesn't name comes in a body."""
        return self.verb in ("POST", "PUT")


def _frontend(verb: str, path: str, call: str) -> RouteRow:
    return RouteRow(verb, path, FRONTEND + call)


def _access(verb: str, path: str, call: str) -> RouteRow:
    return RouteRow(verb, path, ACCESS + call)


ROUTES: Final = (
    _frontend("POST", "/v1/tasks", "Schedule"),
    _frontend("GET", "/v1/tasks", "ListTasks"),
    _frontend("POST", "/v1/tasks/await", "AwaitTasks"),
    _frontend("GET", "/v1/tasks/{task_id}", "GetTask"),
    _frontend("POST", "/v1/tasks/{task_id}/cancel", "CancelTask"),
    _frontend("POST", "/v1/tasks/{task_id}/retry", "RetryTask"),
    _frontend("GET", "/v1/tasks/{task_id}/explanation", "ExplainTask"),
    _frontend("GET", "/v1/tasks/{task_id}/parents", "ListParents"),
    _frontend("GET", "/v1/tasks/{task_id}/tree", "GetTree"),
    _frontend("POST", "/v1/tasks/{task_id}/tree/cancel", "CancelTree"),
    _frontend("GET", "/v1/dead-letters", "ListDeadLetters"),
    _frontend("GET", "/v1/dead-letters/counts", "CountDeadLetters"),
    _frontend("POST", "/v1/sweeps", "StartSweep"),
    _frontend("GET", "/v1/sweeps", "ListSweeps"),
    _frontend("POST", "/v1/sweeps/preview", "PreviewSweep"),
    _frontend("POST", "/v1/sweeps/{sweep_id}/stop", "StopSweep"),
    _frontend("GET", "/v1/lanes", "ListLanes"),
    _frontend("POST", "/v1/lambdas", "RegisterLambdas"),
    _frontend("GET", "/v1/lambdas/{lambda}/explanation", "ExplainLane"),
    _frontend("PUT", "/v1/lambdas/{lambda}/gate", "SetGate"),
    _frontend("PUT", "/v1/lambdas/{lambda}/quota", "SetQuota"),
    _frontend("PUT", "/v1/lambdas/{lambda}/endpoint", "PutEndpoint"),
    _frontend("DELETE", "/v1/lambdas/{lambda}/endpoint", "RemoveEndpoint"),
    _frontend("POST", "/v1/lambdas/{lambda}/endpoint/rotate", "RotateEndpoint"),
    _frontend("POST", "/v1/lambdas/{lambda}/endpoint/switch", "SwitchEndpoint"),
    _frontend("GET", "/v1/endpoints", "ListEndpoints"),
    _frontend("GET", "/v1/gates", "ListGates"),
    _frontend("GET", "/v1/gates/history", "GateHistory"),
    _frontend("GET", "/v1/quotas", "ListQuotas"),
    _frontend("GET", "/v1/quotas/history", "QuotaHistory"),
    _frontend("POST", "/v1/periodic", "CreatePeriodic"),
    _frontend("GET", "/v1/periodic", "ListPeriodic"),
    _frontend("GET", "/v1/periodic/{name}", "GetPeriodic"),
    _frontend("DELETE", "/v1/periodic/{name}", "DeletePeriodic"),
    _frontend("POST", "/v1/periodic/{name}/pause", "PausePeriodic"),
    _frontend("POST", "/v1/periodic/{name}/resume", "ResumePeriodic"),
    _frontend("GET", "/v1/periodic/{name}/ticks", "NextTicks"),
    _frontend("POST", "/v1/periodic/{name}/backfill", "BackfillPeriodic"),
    _frontend("POST", "/v1/events", "Publish"),
    _frontend("GET", "/v1/streams", "ListStreams"),
    _frontend("PUT", "/v1/streams/{stream}", "SetStream"),
    _frontend("PUT", "/v1/streams/{stream}/schema", "SetStreamSchema"),
    _frontend("GET", "/v1/streams/{stream}/events", "ReadEvents"),
    _frontend("GET", "/v1/streams/{stream}/subjects", "ListSubjects"),
    _frontend("GET", "/v1/streams/{stream}/verification", "Verify"),
    _frontend("POST", "/v1/streams/{stream}/refresh", "StartRefresh"),
    _frontend("GET", "/v1/refresh", "GetRefresh"),
    _frontend("POST", "/v1/pings", "Ping"),
    _frontend("GET", "/v1/subscriptions", "ListCursors"),
    _frontend("GET", "/v1/subscriptions/{subscription}", "ShowCursors"),
    _frontend("POST", "/v1/subscriptions/{subscription}/skip", "SkipEvent"),
    _frontend("POST", "/v1/subscriptions/{subscription}/redrive", "RedriveEvent"),
    _frontend("POST", "/v1/subscriptions/{subscription}/replay", "Replay"),
    _frontend("GET", "/v1/info", "GetServerInfo"),
    _frontend("POST", "/v1/schemas", "RegisterSchema"),
    _frontend("GET", "/v1/schemas", "ListSchemas"),
    _frontend("DELETE", "/v1/schemas", "DeleteSchema"),
    _frontend("GET", "/v1/schemas/one", "GetSchema"),
    _frontend("POST", "/v1/schemas/check", "CheckSchema"),
    _frontend("PUT", "/v1/schemas/rules", "SetSchemaRules"),
    _frontend("GET", "/v1/schemas/rules", "GetSchemaRules"),
    _access("POST", "/v1/tokens", "CreateToken"),
    _access("GET", "/v1/tokens", "ListTokens"),
    _access("DELETE", "/v1/tokens/{id}", "RevokeToken"),
)

_OF_WORKERS: Final = "a worker's own stream to its orchestrator, which has no HTTP port"
NOT_SERVED: Final[Mapping[str, str]] = {
    ORCHESTRATOR + "Work": _OF_WORKERS,
    ORCHESTRATOR + "Heartbeat": _OF_WORKERS,
    ORCHESTRATOR + "SetResults": _OF_WORKERS,
    ORCHESTRATOR + "ExecutorGone": _OF_WORKERS,
}
"""calls that have no path, and why"""
