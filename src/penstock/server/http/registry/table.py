"""Which request is answered by what, and which call of the table of access it is."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from penstock.compose.schemas import SchemaDesks
from penstock.server.access import FRONTEND
from penstock.server.http.registry.asked import Asked
from penstock.server.http.registry.associations import AssociationRoutes
from penstock.server.http.registry.compatibility import CompatibilityRoutes
from penstock.server.http.registry.contexts import ContextRoutes
from penstock.server.http.registry.ids import IdRoutes
from penstock.server.http.registry.rules import RuleRoutes
from penstock.server.http.registry.subjects import SubjectRoutes
from penstock.wire.v1 import schemas_pb2 as pb

REGISTER: Final = FRONTEND + "RegisterSchema"
READ: Final = FRONTEND + "GetSchema"
LIST: Final = FRONTEND + "ListSchemas"
CHECK: Final = FRONTEND + "CheckSchema"
DELETE: Final = FRONTEND + "DeleteSchema"
RULE: Final = FRONTEND + "SetSchemaRules"
RULES: Final = FRONTEND + "GetSchemaRules"

_REQUESTS: Final[Mapping[str, type]] = {
    REGISTER: pb.RegisterSchemaRequest,
    READ: pb.GetSchemaRequest,
    LIST: pb.ListSchemasRequest,
    CHECK: pb.CheckSchemaRequest,
    DELETE: pb.DeleteSchemaRequest,
    RULE: pb.SetSchemaRulesRequest,
    RULES: pb.GetSchemaRulesRequest,
}


class RegistryRoute(Struct, frozen=True):
    """`path`: its parts; one in braces is a name."""

    verb: str
    path: tuple[str, ...]
    call: str
    work: Callable[[Asked], Awaitable[Any]]

    def place(self, segments: Sequence[str]) -> Mapping[str, str] | None:
        """What the path names; None: it is not this route's."""
        if len(segments) != len(self.path):
            return None
        named: dict[str, str] = {}
        for part, segment in zip(self.path, segments, strict=True):
            if part.startswith("{"):
                named[part[1:-1]] = segment
            elif part != segment:
                return None
        return named


def registry_routes(desks: SchemaDesks) -> Sequence[RegistryRoute]:
    """The whole interface. The first that fits is taken."""
    subjects, ids, rules = SubjectRoutes(desks), IdRoutes(desks), RuleRoutes(desks)
    checks, associations, contexts = CompatibilityRoutes(desks), AssociationRoutes(desks), ContextRoutes(desks)
    table: tuple[tuple[str, str, str, Callable[[Asked], Awaitable[Any]]], ...] = (
        ("GET", "", LIST, contexts.root),
        ("GET", "contexts", LIST, contexts.contexts),
        ("GET", "subjects", LIST, subjects.subjects),
        ("POST", "subjects/{subject}", READ, subjects.look_up),
        ("DELETE", "subjects/{subject}", DELETE, subjects.delete),
        ("GET", "subjects/{subject}/metadata", READ, subjects.with_metadata),
        ("GET", "subjects/{subject}/versions", LIST, subjects.versions),
        ("POST", "subjects/{subject}/versions", REGISTER, subjects.register),
        ("GET", "subjects/{subject}/versions/{version}", READ, subjects.version),
        ("DELETE", "subjects/{subject}/versions/{version}", DELETE, subjects.delete_version),
        ("GET", "subjects/{subject}/versions/{version}/schema", READ, subjects.text),
        ("GET", "subjects/{subject}/versions/{version}/referencedby", READ, subjects.referenced_by),
        ("GET", "schemas/types", LIST, ids.types),
        ("GET", "schemas/ids/{id}", READ, ids.schema),
        ("GET", "schemas/ids/{id}/schema", READ, ids.text),
        ("GET", "schemas/ids/{id}/subjects", READ, ids.subjects),
        ("GET", "schemas/ids/{id}/versions", READ, ids.versions),
        ("GET", "schemas/guids/{guid}", READ, ids.by_guid),
        ("POST", "compatibility/subjects/{subject}/versions", CHECK, checks.with_all),
        ("POST", "compatibility/subjects/{subject}/versions/{version}", CHECK, checks.with_one),
        ("GET", "config", RULES, rules.config),
        ("PUT", "config", RULE, rules.set_config),
        ("DELETE", "config", RULE, rules.clear_config),
        ("GET", "config/{subject}", RULES, rules.config),
        ("PUT", "config/{subject}", RULE, rules.set_config),
        ("DELETE", "config/{subject}", RULE, rules.clear_config),
        ("GET", "mode", RULES, rules.mode),
        ("PUT", "mode", RULE, rules.set_mode),
        ("DELETE", "mode", RULE, rules.clear_mode),
        ("GET", "mode/{subject}", RULES, rules.mode),
        ("PUT", "mode/{subject}", RULE, rules.set_mode),
        ("DELETE", "mode/{subject}", RULE, rules.clear_mode),
        ("GET", "associations/resources/{resource_namespace}/{resource}", READ, associations.of),
        ("POST", "associations", RULE, associations.create),
        ("DELETE", "associations/resources/{resource}", RULE, associations.delete),
    )
    return [RegistryRoute(verb, tuple(filter(None, path.split("/"))), call, work) for verb, path, call, work in table]


def request_of(route: RegistryRoute, namespace: str, place: Mapping[str, str]) -> Any:
    """What the table of access looks at."""
    request = _REQUESTS[route.call](namespace=namespace)
    if "subject" in request.DESCRIPTOR.fields_by_name:
        request.subject = place.get("subject") or place.get("resource", "")
    return request


def tell(request: Any, asked: Asked) -> None:
    """Fills in what the audit says it was about, as far as it can be read."""
    if isinstance(request, pb.DeleteSchemaRequest):
        request.version = asked.version if "version" in asked.place else 0
        request.permanent = asked.flag("permanent")
    elif isinstance(request, pb.SetSchemaRulesRequest) and asked.body:
        said = asked.decoded(_Said)
        for word in (said.compatibility, said.compatibility_level):
            if word is not None:
                request.compatibility = word
        if said.mode is not None:
            request.mode = said.mode


class _Said(Struct, frozen=True, rename="camel"):
    compatibility: str | None = None
    compatibility_level: str | None = None
    mode: str | None = None
