"""Where the fields of a row's request stand: in the path, in the query or in the body."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from google.protobuf import message_factory

from penstock.server.http.fields import NAMESPACE, REPEATABLE_BY, JsonField, Kind, fields_of
from penstock.server.http.route_table import RouteRow
from penstock.wire.v1 import penstock_pb2 as pb

IDEMPOTENCY_KEY: Final = "idempotency-key"
FLAT: Final = "filter"
"""a message whose fields stand in the query by themselves"""


class Signature:
    """Of one row. Names are those in JSON."""

    def __init__(self, row: RouteRow) -> None:
        service, call = row.method.strip("/").split("/")
        described = pb.DESCRIPTOR.services_by_name[service.rpartition(".")[2]].methods_by_name[call]
        self.request, self.reply = described.input_type, described.output_type
        self.make: Any = message_factory.GetMessageClass(described.input_type)
        fields = {each.name: each for each in fields_of(described.input_type)}
        self.takes_token = REPEATABLE_BY in fields
        self.namespace = fields.pop(NAMESPACE, None)
        self.path = {name: fields.pop(name) for name in list(fields) if f"{{{name}}}" in row.path}
        self.body = fields if row.has_body else {}
        self.query: dict[str, tuple[JsonField, ...]] = {} if row.has_body else dict(_flat(fields))


def _flat(fields: Mapping[str, JsonField]) -> Sequence[tuple[str, tuple[JsonField, ...]]]:
    found: list[tuple[str, tuple[JsonField, ...]]] = []
    for name, field in fields.items():
        if field.kind is Kind.MESSAGE and name == FLAT:
            found += [(each.name, (field, each)) for each in fields_of(field.wire.message_type)]
        else:
            found.append((name, (field,)))
    return found
