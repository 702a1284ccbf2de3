"""Python types -> JSON Schema (2020-12) of their values as they travel: msgspec, dataclasses, pydantic, plain types.

By msgspec; what it does not know says its schema itself, as pydantic's models do. A type without a schema takes
anything, so that it never makes a change seem incompatible.
"""

import re
from pathlib import PurePath
from typing import Any, Final, Literal, TypeAlias

import msgspec

Direction: TypeAlias = Literal["taken", "given"]
"""of values that code takes, or that it gives back: a pydantic model may say the one and the other differently"""

_MODES: Final = {"taken": "validation", "given": "serialization"}
_DEFINITIONS: Final = "$defs"
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_.]")
"""what an address in a schema may not hold, such as the <locals> of a function"""


def schema_of_type(kind: Any, direction: Direction = "taken") -> dict[str, Any]:
    """The schema of a type, whole: what it refers to stands in its `$defs`. {} for a type that has none."""
    others = _Others(direction)
    try:
        said = msgspec.json.schema(kind, schema_hook=others.schema_of)
    except (TypeError, NotImplementedError, RecursionError, NameError):
        return {}
    if not others.definitions:
        return said
    return {**said, _DEFINITIONS: {**said.get(_DEFINITIONS, {}), **others.definitions}}


def signature_schema(parameters: type[msgspec.Struct], returns: Any) -> dict[str, Any]:
    """Of a lambda: {"parameters": schema, "returns": schema}.

    A new version of it must read what callers of the older one have written, and who waits for a result of the older
    one must be able to read what the new one gives.
    """
    return {"parameters": schema_of_type(parameters, "taken"), "returns": schema_of_type(returns, "given")}


class _Others:
    """Types that msgspec asks about, and what they bring with them."""

    def __init__(self, direction: Direction) -> None:
        self._mode = _MODES[direction]
        self.definitions: dict[str, Any] = {}

    def schema_of(self, kind: type[Any]) -> dict[str, Any]:
        """In place, or a reference to a definition."""
        if issubclass(kind, PurePath):
            return {"type": "string"}
        if not hasattr(kind, "model_json_schema"):
            return {"title": kind.__qualname__}
        # The whole name: two modules may each have an Order.
        prefix = _NOT_IN_NAMES.sub("_", f"{kind.__module__}.{kind.__qualname__}")
        said = self._asked(kind, prefix)
        for name, definition in said.pop(_DEFINITIONS, {}).items():
            self.definitions[f"{prefix}:{name}"] = definition
        self.definitions.setdefault(prefix, said)
        return {"$ref": f"#/{_DEFINITIONS}/{prefix}"}

    def _asked(self, kind: Any, prefix: str) -> dict[str, Any]:
        try:
            said = kind.model_json_schema(mode=self._mode, ref_template=f"#/{_DEFINITIONS}/{prefix}:{{model}}")
        except Exception:  # noqa: BLE001 - the model's author may have written any code there
            return {"title": kind.__qualname__}
        return dict(said)
