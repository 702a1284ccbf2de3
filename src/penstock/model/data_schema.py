"""How an event names the schema that its data are of: CloudEvents' `dataschema`."""

import re
from typing import Final

from penstock.model.schema_wire import FIRST_MESSAGE

DATA_SCHEMA: Final = "dataschema"
_URN: Final = "urn:penstock:schema:"
_NAME: Final = re.compile(re.escape(_URN) + r"([1-9]\d{0,9})(?:#(\d{1,9}(?:\.\d{1,9}){0,63}))?")


def schema_name(schema_id: int, message: tuple[int, ...]) -> str:
    """Of a schema, and of a message in it that is not the first of its file."""
    fragment = "" if message == FIRST_MESSAGE else "#" + ".".join(map(str, message))
    return f"{_URN}{schema_id}{fragment}"


def named_schema(name: str) -> tuple[int, tuple[int, ...]] | None:
    """The schema's id and the message's place; None: it is no name that this platform gave."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return int(found[1]), tuple(map(int, found[2].split("."))) if found[2] else FIRST_MESSAGE
