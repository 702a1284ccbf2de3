"""Every case of the public conformance kit of CESQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from penstock.model.filters.compiled import Reader, compiled, evaluated
from penstock.model.filters.parser import parse
from penstock.model.filters.values import CesqlError, Value

KIT = Path(__file__).parent / "cesql_tck"
PLAIN = {"specversion": "1.0", "id": "an-id", "source": "/here", "type": "a.type"}
AGAINST_THE_SPECIFICATION = {"Not operator: Invalid int cast": (False, None)}
"""The kit has an error where the table of casts in the specification (3.7) demands that any integer is a Boolean; the
project's own engine in Go answers as the specification says."""


class Plain(yaml.SafeLoader):  # type: ignore[misc]
    """Leaves times and words such as `on` as the texts that they are in an event."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def cases() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for path in sorted(KIT.glob("*.yaml")):
        suite = yaml.load(path.read_text(), Plain)
        found += [(f"{suite['name']}: {case['name']}", case) for case in suite["tests"]]
    return found


def answer(expression: str, event: dict[str, Value]) -> tuple[Value, str | None]:
    try:
        read = parse(expression)
        value, error = evaluated(read, compiled(read, reader), event)
    except CesqlError as refused:
        value, error = refused.value, refused
    return value, error.kind.value if error else None


def reader(name: str) -> Reader[dict[str, Value]]:
    return lambda event: event.get(name)


@pytest.mark.parametrize(("name", "case"), [pytest.param(*case, id=case[0]) for case in cases()])
def test_the_kit(name: str, case: dict[str, Any]) -> None:
    event = case.get("event") or {**PLAIN, **case.get("eventOverrides", {})}
    written = case["expression"]  # YAML reads `TRUE` and `1` as values
    expression = written if isinstance(written, str) else str(written)
    value, error = answer(expression, event)
    wanted, problem = AGAINST_THE_SPECIFICATION.get(name, (case.get("result", value), case.get("error")))
    assert (value, type(value), error) == (wanted, type(wanted), problem)


def test_the_kit_is_whole() -> None:
    assert len(list(KIT.glob("*.yaml"))) == 18
    assert len(cases()) == 275
    assert {name for name, _ in cases()} >= AGAINST_THE_SPECIFICATION.keys()
