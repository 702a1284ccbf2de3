"""What the schema registry of a frontend is made of."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.schema_associations import AssociationDesk
from penstock.frontend.schema_book import SchemaBook
from penstock.frontend.schema_look import SchemaLook
from penstock.frontend.schema_rules import SchemaRuleDesk
from penstock.frontend.schemas import SchemaDesk
from penstock.model.errors import InvalidInput
from penstock.model.schema import SchemaType
from penstock.ports.schema_format import Schema, SchemaFormat
from penstock.ports.schemas import Schemas

_FORMATS: Final[Mapping[SchemaType, tuple[str, str]]] = {
    SchemaType.AVRO: ("avro", "AvroFormat"),
    SchemaType.JSON: ("json_schema", "JsonSchemaFormat"),
    SchemaType.PROTOBUF: ("protobuf", "ProtobufFormat"),
}


@dataclass(frozen=True)
class SchemaDesks:
    """The registry, ready to be called."""

    schemas: SchemaDesk
    look: SchemaLook
    rules: SchemaRuleDesk
    associations: AssociationDesk
    book: SchemaBook


def schema_desks(
    schemas: Schemas, names: LambdaBook, formats: Mapping[SchemaType, SchemaFormat] | None = None
) -> SchemaDesks:
    """`formats`: the languages that this server reads; None: all whose libraries are installed."""
    book = SchemaBook(schemas, schema_formats() if formats is None else formats)
    return SchemaDesks(
        SchemaDesk(schemas, names, book),
        SchemaLook(schemas, names, book),
        SchemaRuleDesk(schemas, names, book),
        AssociationDesk(schemas, names),
        book,
    )


def schema_formats() -> Mapping[SchemaType, SchemaFormat]:
    """The languages whose libraries are installed: `penstock[schemas]` has all of them."""
    formats: dict[SchemaType, SchemaFormat] = {}
    for language, (module, name) in _FORMATS.items():
        with suppress(ImportError):
            formats[language] = getattr(import_module(f"penstock.adapters.schemas.{module}"), name)()
    return formats


def parameter_schemas() -> SchemaFormat:
    """What the parameters of lambdas are described in: JSON Schema."""
    return schema_formats().get(SchemaType.JSON) or _NotInstalled()


class _NotInstalled:
    """Reads nothing: whoever compares schemas is told that it cannot."""

    def read(self, text: str, references: Mapping[str, str]) -> Schema:
        raise InvalidInput("schema", "is not read here: install penstock[schemas]")
