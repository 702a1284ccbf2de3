"""The one table of who may call what. A call that stands in no row is refused, and a law test finds it.

`docs/access.md` is made from this file.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from penstock.model.access import Caller, Role
from penstock.model.errors import NotPermitted
from penstock.model.names import check_namespace

FRONTEND: Final = "/penstock.v1.Frontend/"
ACCESS: Final = "/penstock.v1.Access/"
ORCHESTRATOR: Final = "/penstock.v1.Orchestrator/"

_ADMIN, _OPERATOR, _PRODUCER = Role.ADMIN, Role.OPERATOR, Role.PRODUCER
_WORKER, _VIEWER = Role.WORKER, Role.VIEWER

ROLES: Final[Mapping[Role, str]] = {
    _ADMIN: "everything, tokens too",
    _OPERATOR: (
        "looks after tasks: sees, schedules, cancels, retries; keeps periodic schedules, gates, quotas and dead letters"
    ),
    _PRODUCER: "schedules tasks, sees them, cancels them; publishes events and reads them",
    _WORKER: "registers lambdas and runs their tasks; the code of a task may schedule others and wait for them",
    _VIEWER: "sees tasks, their payloads and results, and events; changes nothing",
}
"""each role in words"""


class Rule(Struct, frozen=True):
    """One row. `roles`: who may call; `what`: the call in words."""

    what: str
    roles: frozenset[Role]
    namespace_of: Callable[[Any], str] | None = None
    """the namespace that a request (of a stream: the first) names; None: it names none"""
    subject_of: Callable[[Any], str] | None = None
    """what the audit log says it was about; None: the call is not audited"""
    stands: bool = False
    """it may wait for long: whether its token is still good is asked again before it is answered"""


def _of(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


def _named(request: Any) -> str:
    named: str = request.namespace
    return named


def _greeted(request: Any) -> str:
    named: str = request.hello.namespace
    return named


def _task(request: Any) -> str:
    return f"task {request.task_id.hex()[:32]}"


def _order(request: Any) -> str:
    return f"sweep {request.request_token.hex()[:32]}".rstrip()


def _sweep(request: Any) -> str:
    return f"sweep {request.sweep_id.hex()[:32]}"


def _gate(request: Any) -> str:
    collection = f" of {request.collection[:64]!r}" if request.collection else ""
    return f"gate {request.state} on {getattr(request, 'lambda')[:140]!r}{collection}"


def _quota(request: Any) -> str:
    amount = f"{request.amount:g}" if request.HasField("amount") else "cleared"
    return f"quota {request.kind} of {getattr(request, 'lambda')[:140]!r}: {amount}"


def _periodic(request: Any) -> str:
    return f"periodic schedule {request.name[:64]!r}"


def _definition(request: Any) -> str:
    return f"periodic schedule {request.definition.name[:64]!r}"


def _token(request: Any) -> str:
    return f"token {request.id[:16]!r}"


def _new_token(request: Any) -> str:
    return f"token {request.name[:64]!r} as {request.role[:16]!r} for {', '.join(request.namespaces)[:200]!r}"


def _stream(request: Any) -> str:
    return f"stream {request.stream[:64]!r} keeps {request.keep_s:g} s"


def _stream_schema(request: Any) -> str:
    return f"stream {request.stream[:64]!r} names {request.subject[:64]!r}"


def _refreshed(request: Any) -> str:
    return f"stream {request.stream[:64]!r}"


def _event(request: Any) -> str:
    return f"event {request.sequence} of {request.subject[:64]!r} for {request.subscription[:140]!r}"


def _replay(request: Any) -> str:
    which = f"{len(request.subjects)} subjects" if request.subjects else "all subjects"
    return f"{'a preview of ' if request.preview else ''}{which} for {request.subscription[:140]!r}"


def _endpoint(request: Any) -> str:
    return f"endpoint {getattr(request, 'lambda')[:140]!r}"


def _lambdas(request: Any) -> str:
    return f"{len(request.lambdas)} lambdas"


def _schema(request: Any) -> str:
    return f"subject {request.subject[:200]!r}"


def _schema_versions(request: Any) -> str:
    which = {0: "all versions", -1: "the latest version"}.get(request.version, f"version {request.version}")
    return f"{which} of subject {request.subject[:200]!r}{' for good' if request.permanent else ''}"


def _schema_rules(request: Any) -> str:
    of = f"subject {request.subject[:200]!r}" if request.subject else "all subjects"
    said = [getattr(request, each)[:40] or "nothing" for each in ("compatibility", "mode") if request.HasField(each)]
    return f"{' and '.join(said) or 'what is said'} for {of}"


_ALL = _of(*Role)
TABLE: Final[Mapping[str, Rule]] = {
    FRONTEND + "RegisterLambdas": Rule("say which lambdas a worker serves", _of(_ADMIN, _WORKER), _named, _lambdas),
    FRONTEND + "Schedule": Rule("schedule tasks", _of(_ADMIN, _OPERATOR, _PRODUCER, _WORKER), _named),
    FRONTEND + "GetTask": Rule("see one task", _ALL, _named),
    FRONTEND + "ListTasks": Rule("list tasks", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "CancelTask": Rule("cancel a task", _of(_ADMIN, _OPERATOR, _PRODUCER), _named, _task),
    FRONTEND + "RetryTask": Rule("make an ended task anew", _of(_ADMIN, _OPERATOR), _named, _task),
    FRONTEND + "AwaitTasks": Rule("wait for tasks and read results", _ALL, _named, stands=True),
    FRONTEND + "GetServerInfo": Rule("ask for version, clock and orchestrators", _ALL),
    FRONTEND + "ListDeadLetters": Rule("list dead letters", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "CountDeadLetters": Rule("count dead letters", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "StartSweep": Rule("order a sweep over many tasks", _of(_ADMIN, _OPERATOR), _named, _order),
    FRONTEND + "StopSweep": Rule("stop a sweep", _of(_ADMIN, _OPERATOR), _named, _sweep),
    FRONTEND + "ListSweeps": Rule("list sweeps", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "SetGate": Rule("pause, drop or open a lambda", _of(_ADMIN, _OPERATOR), _named, _gate),
    FRONTEND + "ListGates": Rule("list the gates that are shut", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "GateHistory": Rule("see who ordered which gate", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "SetQuota": Rule("set or clear a quota of a lambda", _of(_ADMIN, _OPERATOR), _named, _quota),
    FRONTEND + "ListQuotas": Rule("list quotas", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "QuotaHistory": Rule("see who ordered which quota", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "ExplainTask": Rule("ask why a task is not running", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "ExplainLane": Rule("ask why a lane is not running", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "ListLanes": Rule("count what stands in lanes", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "CreatePeriodic": Rule("make a periodic schedule", _of(_ADMIN, _OPERATOR), _named, _definition),
    FRONTEND + "GetPeriodic": Rule("see a periodic schedule", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "ListPeriodic": Rule("list periodic schedules", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "DeletePeriodic": Rule("delete a periodic schedule", _of(_ADMIN, _OPERATOR), _named, _periodic),
    FRONTEND + "PausePeriodic": Rule("pause a periodic schedule", _of(_ADMIN, _OPERATOR), _named, _periodic),
    FRONTEND + "ResumePeriodic": Rule("let a periodic schedule go on", _of(_ADMIN, _OPERATOR), _named, _periodic),
    FRONTEND + "NextTicks": Rule(
        "see the next ticks of a schedule", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named
    ),
    FRONTEND + "BackfillPeriodic": Rule(
        "make the tasks of ticks that are past", _of(_ADMIN, _OPERATOR), _named, _periodic
    ),
    FRONTEND + "PreviewSweep": Rule(
        "count what a cancel or a retry of many would handle", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named
    ),
    FRONTEND + "ListParents": Rule("read the results of a task's parents", _ALL, _named),
    FRONTEND + "GetTree": Rule("see the tree around a task", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "CancelTree": Rule("cancel the tree around a task", _of(_ADMIN, _OPERATOR, _PRODUCER), _named, _task),
    FRONTEND + "Publish": Rule("publish events", _of(_ADMIN, _OPERATOR, _PRODUCER, _WORKER), _named),
    FRONTEND + "ListStreams": Rule("list streams", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "SetStream": Rule("set how long a stream keeps its events", _of(_ADMIN, _OPERATOR), _named, _stream),
    FRONTEND + "SetStreamSchema": Rule(
        "say of which schemas a stream is", _of(_ADMIN, _OPERATOR), _named, _stream_schema
    ),
    FRONTEND + "ListSubjects": Rule(
        "list the subjects of a stream", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named
    ),
    FRONTEND + "ReadEvents": Rule("read events", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "Ping": Rule("say that a source has new events", _of(_ADMIN, _OPERATOR, _PRODUCER, _WORKER), _named),
    FRONTEND + "GetRefresh": Rule("see how far refresh has come", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "StartRefresh": Rule("have a stream refreshed now", _of(_ADMIN, _OPERATOR), _named, _refreshed),
    FRONTEND + "Verify": Rule("compare sources with cursors", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named),
    FRONTEND + "ListCursors": Rule(
        "see how far subscriptions have come", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named
    ),
    FRONTEND + "ShowCursors": Rule(
        "see what the subjects of a subscription wait for", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named
    ),
    FRONTEND + "SkipEvent": Rule("pass over an event of a subscription", _of(_ADMIN, _OPERATOR), _named, _event),
    FRONTEND + "RedriveEvent": Rule("hand a dead event over again", _of(_ADMIN, _OPERATOR), _named, _event),
    FRONTEND + "Replay": Rule("hand completed events over again", _of(_ADMIN, _OPERATOR), _named, _replay),
    FRONTEND + "RegisterSchema": Rule("register schemas", _of(_ADMIN, _OPERATOR, _PRODUCER, _WORKER), _named, _schema),
    FRONTEND + "GetSchema": Rule("read schemas", _ALL, _named),
    FRONTEND + "ListSchemas": Rule("list schemas", _ALL, _named),
    FRONTEND + "CheckSchema": Rule("ask whether a schema could follow", _ALL, _named),
    FRONTEND + "DeleteSchema": Rule("delete schemas", _of(_ADMIN, _OPERATOR), _named, _schema_versions),
    FRONTEND + "SetSchemaRules": Rule(
        "say how schemas follow one another", _of(_ADMIN, _OPERATOR), _named, _schema_rules
    ),
    FRONTEND + "GetSchemaRules": Rule("see how schemas follow one another", _ALL, _named),
    FRONTEND + "PutEndpoint": Rule("make a lambda an HTTP endpoint", _of(_ADMIN, _OPERATOR), _named, _endpoint),
    FRONTEND + "ListEndpoints": Rule(
        "list endpoints and their health", _of(_ADMIN, _OPERATOR, _PRODUCER, _VIEWER), _named
    ),
    FRONTEND + "RemoveEndpoint": Rule("remove an endpoint", _of(_ADMIN, _OPERATOR), _named, _endpoint),
    FRONTEND + "RotateEndpoint": Rule("give an endpoint another secret", _of(_ADMIN, _OPERATOR), _named, _endpoint),
    FRONTEND + "SwitchEndpoint": Rule("enable or disable an endpoint", _of(_ADMIN, _OPERATOR), _named, _endpoint),
    ACCESS + "CreateToken": Rule("make a token", _of(_ADMIN), subject_of=_new_token),
    ACCESS + "ListTokens": Rule("list tokens", _of(_ADMIN)),
    ACCESS + "RevokeToken": Rule("revoke a token", _of(_ADMIN), subject_of=_token),
    ORCHESTRATOR + "Work": Rule("take tasks to run", _of(_ADMIN, _WORKER), _greeted),
    ORCHESTRATOR + "Heartbeat": Rule("say that tasks run", _of(_ADMIN, _WORKER), _named),
    ORCHESTRATOR + "SetResults": Rule("report how tasks ended", _of(_ADMIN, _WORKER), _named),
    ORCHESTRATOR + "ExecutorGone": Rule("report the end of an executor", _of(_ADMIN, _WORKER), _named),
}


def check_role(method: str, caller: Caller) -> Rule:
    """The row of a method, `/service/call`; raises `NotPermitted` when there is none or the role is not in it."""
    rule = TABLE.get(method)
    call = method.rpartition("/")[2]
    if rule is None:
        raise NotPermitted(f"{call} stands in no row of the access table, so nobody may call it")
    if caller.role not in rule.roles:
        able = ", ".join(role for role in Role if role in rule.roles)
        raise NotPermitted(f"{call} may not be called as {caller.role}; the roles that may are {able}")
    return rule


def check_namespace_of(rule: Rule, request: Any, caller: Caller) -> str:
    """The namespace that the request acts for, "" for none; raises `NotPermitted` when it is not the caller's,
    whether or not it exists.
    """
    if rule.namespace_of is None:
        return ""
    namespace = check_namespace(rule.namespace_of(request))
    if not caller.may_use(namespace):
        raise NotPermitted(
            f"{caller} is not for the namespace {namespace!r}; its own are {', '.join(caller.namespaces)}"
        )
    return namespace
