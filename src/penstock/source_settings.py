"""Where the events of streams stand that are no native ones: the tables `[sources.NAME]` of `penstock.toml`.

A source is one stream's. Secrets are never shown.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from penstock.model.errors import InvalidInput
from penstock.model.event_rules import check_stream, check_type
from penstock.model.names import check_namespace

_REFERENCE: Final = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_.]*$"


class _Source(BaseModel):
    """What every source says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stream: str = ""
    """"": the name of the source"""
    namespace: str = "default"

    @field_validator("stream")
    @classmethod
    def _stream_name(cls, value: str) -> str:
        return _checked(check_stream, value) if value else value

    @field_validator("namespace")
    @classmethod
    def _namespace_name(cls, value: str) -> str:
        return _checked(check_namespace, value)


class _Table(_Source):
    """Where a table stands, and what all of them say."""

    postgres_url: SecretStr = SecretStr("")
    """"": the platform's own PostgreSQL"""
    postgres_url_variable: str = ""
    """the environment variable that holds it instead"""
    table: str
    subject: str
    data: str = ""
    content_type: str = ""
    type: str = "row.changed"
    type_column: str = ""
    time: str = ""
    time_lag_s: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 60.0
    recent: str = ""

    @field_validator("type")
    @classmethod
    def _event_type(cls, value: str) -> str:
        return _checked(check_type, value)

    @model_validator(mode="after")
    def _one_address(self) -> "_Table":
        if self.postgres_url.get_secret_value() and self.postgres_url_variable:
            raise ValueError("postgres_url and postgres_url_variable say the same thing: set one of them")
        return self

    def dsn(self, environment: Mapping[str, str] = os.environ) -> str:
        """Its own address, "" for the platform's; raises `InvalidInput` when its variable is not set."""
        if not self.postgres_url_variable:
            return self.postgres_url.get_secret_value()
        if not environment.get(self.postgres_url_variable):
            raise InvalidInput("postgres_url_variable", f"the variable {self.postgres_url_variable} is not set")
        return environment[self.postgres_url_variable]


class JournalTable(_Table):
    """Rows that are written once, each an event of its subject."""

    kind: Literal["journal_table"]
    sequence: str
    order: Literal["locked", "dense", "horizon"]


class EntityTable(_Table):
    """Rows that are changed in place, one a subject; the latest revision is delivered."""

    kind: Literal["entity_table"]
    revision: str


class WatchedFolder(_Source):
    """Files below a folder; the latest change of each path is delivered."""

    kind: Literal["folder"]
    folder: Path
    ignore: list[str] = [".*"]
    look_every_s: Annotated[float, Field(gt=0, le=3_600, allow_inf_nan=False)] = 1.0


class CustomSource(_Source):
    """Somebody's own; docs/sources.md says how to write one."""

    kind: Literal["custom"]
    factory: Annotated[str, Field(pattern=_REFERENCE)]
    """`module:function`"""
    options: dict[str, Any] = Field(default_factory=dict, repr=False)
    """given to the factory; may hold secrets"""


SourceSettings = Annotated[JournalTable | EntityTable | WatchedFolder | CustomSource, Field(discriminator="kind")]


def stream_of(name: str, source: _Source) -> tuple[str, str]:
    """The namespace and the stream whose events stand in a source."""
    return source.namespace, source.stream or name


def twice_declared(sources: Mapping[str, _Source]) -> list[str]:
    """What is wrong about all of them together."""
    problems = []
    first: dict[tuple[str, str], str] = {}
    for name, source in sources.items():
        place = stream_of(name, source)
        try:
            check_stream(place[1], f"sources.{name}")
        except InvalidInput as error:
            problems.append(f"{error}; or name a stream")
        if first.setdefault(place, name) != name:
            problems.append(f"sources.{name}: the stream {place[1]!r} has one already, {first[place]}")
    return problems


def _checked(check: Any, value: str) -> str:
    """The model's words, in the shape that pydantic tells with their place."""
    try:
        checked: str = check(value)
    except InvalidInput as error:
        raise ValueError(error.problem) from None
    return checked
