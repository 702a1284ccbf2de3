"""Which schema languages are there: what reads them comes with `penstock[schemas]`."""

from collections.abc import Mapping

from penstock.model.errors import InvalidInput
from penstock.ports.schema_format import Schema, SchemaFormat


def parameter_schemas() -> SchemaFormat:
    """What the parameters of lambdas are described in: JSON Schema."""
    try:
        from penstock.adapters.schemas.json_schema import JsonSchemaFormat  # noqa: PLC0415 - an extra
    except ImportError:
        return _NotInstalled()
    return JsonSchemaFormat()


class _NotInstalled:
    """Reads nothing: whoever compares schemas is told that it cannot."""

    def read(self, text: str, references: Mapping[str, str]) -> Schema:
        raise InvalidInput("schema", "is not read here: install penstock[schemas]")
