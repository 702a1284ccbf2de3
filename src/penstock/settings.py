"""Every setting: its default, its limit and its meaning. `docs/settings.md` is made from this file.

Sources in rising precedence: `penstock.toml` (looked for upwards from the working folder),
`PENSTOCK_*` variables, flags. All problems are told at once, each with its place.
"""

import difflib
import ipaddress
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from penstock.model.endpoint_url import Network, check_networks
from penstock.model.errors import InvalidInput
from penstock.source_settings import SourceSettings, twice_declared

FILE_NAME = "penstock.toml"
PREFIX = "PENSTOCK_"
KNOWN_BESIDES = frozenset({"PENSTOCK_PARENT_PID", "PENSTOCK_DEBUG", "PENSTOCK_LONG", "PENSTOCK_LOG_LEVEL"})
"""variables that are no settings"""
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def find_upwards(name: str, start: Path | None = None) -> Path | None:
    """The nearest file `name` in `start` (the working folder) or a folder above it."""
    folder = (start or Path.cwd()).resolve()
    for place in (folder, *folder.parents):
        if (place / name).is_file():
            return place / name
    return None


class Settings(BaseSettings):
    """One flat list; units are in the names."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    address: str = Field("", description="host:port of the frontend, for clients and workers; empty: .penstock/address")
    namespace: str = Field("default", description="the tenant that clients and workers act for")
    token: SecretStr = Field(
        SecretStr(""), description="what clients and workers show; better in `token_file`, or in PENSTOCK_TOKEN"
    )
    token_file: str = Field("", description="a file with the token; read again when it changes")
    ca_file: str = Field(
        "", description="who vouches for the servers, a PEM file, or `public`: clients and workers then speak TLS"
    )
    client_certificate_file: str = Field("", description="what clients and workers prove themselves with, a PEM file")
    client_key_file: str = Field("", description="the key of `client_certificate_file`")
    folder: Path = Field(Path(".penstock"), description="where `penstock dev` keeps its engines and its address")

    postgres_url: str = Field("", description="your PostgreSQL; empty: the embedded one (dev only)")
    prepared_statements: int = Field(
        100, ge=0, le=10_000, description="kept by each connection; 0 behind PgBouncer in transaction mode"
    )
    nats_url: str = Field("", description="your NATS server or servers, comma-separated; empty: the embedded one")
    nats_prefix: str = Field("penstock", pattern=r"^[a-z0-9_-]{1,32}$", description="lets platforms share one NATS")
    postgres_binaries: Path | None = Field(None, description="folder with initdb and postgres for the embedded engine")
    nats_binary: Path | None = Field(None, description="nats-server for the embedded engine")

    authentication: Literal["none", "tokens"] = Field(
        "none", description="`tokens`: every caller needs one; `none`: nobody is asked, on loopback only"
    )
    tls_certificate_file: str = Field("", description="what servers prove themselves with, a PEM file: they speak TLS")
    tls_key_file: str = Field("", description="the key of `tls_certificate_file`")
    tls_client_ca_file: str = Field(
        "", description="who vouches for clients, a PEM file: only those with a certificate of theirs may connect"
    )
    tls_ended_by: str = Field(
        "",
        description="what ends TLS in front of the servers, such as `nginx`: they may be public without a certificate",
    )
    listen_host: str = Field(
        "127.0.0.1", description="the address that servers listen on; others than loopback need tokens and TLS"
    )
    frontend_port: int = Field(7460, ge=0, le=65535, description="gRPC port of the frontend; 0: any free one")
    http_port: int = Field(7461, ge=0, le=65535, description="HTTP port of the frontend; 0: any free one")
    orchestrator_port: int = Field(7470, ge=0, le=65535, description="gRPC port of the first orchestrator; 0: any")
    advertise_host: str = Field("", description="the host name under which workers reach orchestrators")
    processes: int = Field(1, ge=1, le=64, description="how many of each server process")

    lease_s: Seconds = Field(30.0, le=3600, description="how long a claim is good without a heartbeat")
    heartbeat_s: Seconds = Field(5.0, le=600, description="how often executors renew their claims")
    heartbeat_timeout_s: Seconds = Field(3.0, le=60, description="when a heartbeat counts as failed")
    enqueue_timeout_s: Seconds = Field(5.0, le=600, description="when an unclaimed reference is looked after")
    safety_net_s: Seconds = Field(0.5, le=60, description="the store consumer's slowest look")
    member_lease_s: Seconds = Field(10.0, le=600, description="how long a silent server keeps its share of the buckets")

    keep_days: Annotated[float, Field(gt=0, le=36_500)] = Field(30.0, description="how long ended tasks are kept")
    dead_keep_days: Annotated[float, Field(gt=0, le=36_500)] = Field(90.0, description="how long dead tasks are kept")
    event_keep_days: Annotated[float, Field(ge=1 / 24, le=3_660)] = Field(
        7.0, description="how long a stream keeps its events, unless it has a time of its own"
    )
    event_id_window_hours: Annotated[float, Field(ge=1 / 60, le=8_784)] = Field(
        24.0, description="how long an event that is published again under its source and id is known"
    )
    refresh_recent_every_s: Annotated[float, Field(ge=0.1, le=3_600)] = Field(
        2.0, description="how often sources are asked what has changed: an event whose ping was lost waits so long"
    )
    refresh_recent_per_s: Annotated[float, Field(ge=1, le=1_000_000)] = Field(
        5_000.0, description="subjects that this compares in a second at most, for each stream"
    )
    refresh_full_every_s: Annotated[float, Field(ge=1, le=366 * 86_400)] = Field(
        3_600.0, description="how often every subject of a stream is compared with its cursors"
    )
    refresh_full_per_s: Annotated[float, Field(ge=1, le=1_000_000)] = Field(
        2_000.0, description="subjects that this compares in a second at most, for each stream"
    )
    refresh_stuck_after_s: Annotated[float, Field(ge=1, le=366 * 86_400)] = Field(
        300.0, description="when a subject that does not go on is reported"
    )

    concurrency: int = Field(100, ge=1, le=10_000, description="coroutines an executor runs at the same time")
    threads: int = Field(16, ge=1, le=1_000, description="plain functions an executor runs at the same time")
    quarantines: int = Field(
        4, ge=1, le=64, description="executors that run suspects of a crash, one at a time each, side by side"
    )
    groups: dict[str, list[str]] = Field(
        default_factory=dict, description="executor name -> lambdas that share it; others get one each"
    )
    stop_grace_s: Seconds = Field(25.0, le=3600, description="how long a stop waits for running tasks")
    signatures: Literal["check", "accept"] = Field(
        "check",
        description="`accept`: a worker is let in though tasks wait that its lambdas' parameters do not fit",
    )
    version: str = Field("", description="the worker's release, shown with its tasks")
    locality: str = Field("", description="where a worker runs, shown with its tasks")

    push_allow: list[str] = Field(
        default_factory=list,
        description="networks such as `10.1.0.0/16` that endpoints may be in though they are not public; http, too",
    )

    sources: dict[str, SourceSettings] = Field(
        default_factory=dict,
        description="NAME -> where a stream's events stand, if not here: `[sources.NAME]`, see docs/sources.md",
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth(cls, value: object) -> object:
        if isinstance(value, bool):  # pydantic would take it for 1 or 0
            raise ValueError(f"{str(value).lower()} is no value of any setting")
        return value

    @field_validator("listen_host")
    @classmethod
    def _for_those_who_are_known(cls, value: str, info: ValidationInfo) -> str:
        # The fields before it are validated by now.
        if lacks := _lacks_of(value, info.data):
            raise ValueError(f"{value!r} can be reached by others and lacks {' and '.join(lacks)}")
        return value

    @field_validator("push_allow")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        try:
            check_networks(value, "push_allow")
        except InvalidInput as error:
            raise ValueError(error.problem) from None
        return value

    @field_validator("folder")
    @classmethod
    def _no_file(cls, value: Path) -> Path:
        for place in (value, *value.parents):
            if os.path.isfile(place):  # noqa: PTH113 - False, too, where we may not look: whoever uses it will say so
                raise ValueError(f"{str(place)!r} is a file, not a folder; name another place")
        return value

    @model_validator(mode="after")
    def _safe(self) -> "Settings":
        problems = [*_tls_without_its_half(self), *_address_of_nobody(self), *twice_declared(self.sources)]
        if self.lease_s < 3 * self.heartbeat_s:
            problems.append(
                f"lease_s ({self.lease_s}) is shorter than three heartbeats (heartbeat_s {self.heartbeat_s}):"
                f" set lease_s to {3 * self.heartbeat_s:g} or more, or heartbeat_s to {self.lease_s / 3:g} or less"
            )
        if self.heartbeat_timeout_s > self.heartbeat_s:
            problems.append(
                f"heartbeat_timeout_s ({self.heartbeat_timeout_s}) is longer than heartbeat_s ({self.heartbeat_s}):"
                f" set it to {self.heartbeat_s:g} or less"
            )
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then variables, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, find_upwards(FILE_NAME))


def push_networks(settings: Settings) -> tuple[Network, ...]:
    """Where endpoints may be, besides public addresses."""
    return check_networks(settings.push_allow, "push_allow")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _lacks_of(host: str, settings: Mapping[str, Any]) -> list[str]:
    """What keeps servers from an address that others can reach: it is for those only who show a token, over TLS."""
    if is_loopback(host):
        return []
    lacks = []
    if settings.get("authentication") != "tokens":
        lacks.append("authentication (set authentication to tokens; `penstock tokens create` makes the first)")
    if not settings.get("tls_certificate_file") and not settings.get("tls_ended_by"):
        lacks.append("TLS (set tls_certificate_file and tls_key_file, or say in tls_ended_by what ends TLS before it)")
    return lacks


def _address_of_nobody(settings: Settings) -> Iterator[str]:
    """Workers are told where servers are: an address that stands for all of a machine's own leads nobody there."""
    try:
        is_all = ipaddress.ip_address(settings.listen_host.strip("[]")).is_unspecified
    except ValueError:
        is_all = False
    if is_all and not settings.advertise_host:
        yield f"advertise_host is needed with listen_host {settings.listen_host!r}: the name under which workers come"


def _tls_without_its_half(settings: Settings) -> Iterator[str]:
    if bool(settings.tls_certificate_file) != bool(settings.tls_key_file):
        yield "tls_certificate_file and tls_key_file belong together: set both or neither"
    if settings.tls_client_ca_file and not settings.tls_certificate_file:
        yield "tls_client_ca_file needs tls_certificate_file: without TLS no client proves anything"


def load_settings(**flags: object) -> Settings:
    """Settings from all sources; flags that are None are left out. Raises `InvalidInput` with every problem."""
    given = {name: value for name, value in flags.items() if value is not None}
    file = find_upwards(FILE_NAME)
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        problems = [_problem(each, given, file) for each in error.errors()]
        raise InvalidInput("settings", "; ".join(problems)) from None
    except SettingsError as error:  # a variable that should be JSON
        raise InvalidInput("settings", f"{_variable_in(str(error))}: is not JSON, such as the setting needs") from None
    except (ValueError, OSError) as error:  # a penstock.toml that is not TOML, or that may not be read
        raise InvalidInput(str(file or FILE_NAME), str(error)) from None


def nearest_setting(name: str) -> str:
    """What to do about a name that is no setting."""
    if near := difflib.get_close_matches(name, Settings.model_fields, n=1):
        return f"did you mean {near[0]}?"
    [nearest] = difflib.get_close_matches(name, Settings.model_fields, n=1, cutoff=0.0)
    return f"the nearest one is {nearest}, docs/settings.md lists all"


def strangers(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Variables that look like settings and are none, and what to do about each."""
    for variable in sorted(environment):
        name = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and variable not in KNOWN_BESIDES and name not in Settings.model_fields:
            yield variable, f"names no setting and does nothing; {nearest_setting(name)}"


def _problem(found: Mapping[str, Any], flags: Collection[str], file: Path | None) -> str:
    """What is wrong, after the place where somebody wrote it: a flag, a variable or the file."""
    name, *inner = map(str, found["loc"] or ("settings",))
    message = _message(found, name, inner)
    if name == "settings":  # it concerns several
        return message
    field = ".".join([name, *inner])
    if name in flags:
        return f"--{field.replace('_', '-')}: {message}"
    variable = f"PENSTOCK_{name.upper()}"
    if variable in map(str.upper, os.environ):
        return f"{'.'.join([variable, *inner])}: {message}"
    return f"{field} in {file}: {message}"


def _message(found: Mapping[str, Any], name: str, inner: Sequence[str]) -> str:
    """The sentence; pydantic's own where it says what to do."""
    kind, about = found["type"], found.get("ctx", {})
    if kind == "extra_forbidden" and inner:
        return "there is no such field"
    if kind == "extra_forbidden":
        return f"there is no such setting; {nearest_setting(name)}"
    if kind == "union_tag_not_found":
        return "says no kind; a source is a journal_table, an entity_table, a folder or custom"
    if kind == "union_tag_invalid":
        kinds = about["expected_tags"].replace("'", "")
        return f"is of kind {about['tag']!r}, which is none; use one of {kinds}"
    if kind == "missing":
        return "is missing"
    message: str = found["msg"].removeprefix("Value error, ")
    return message


def _variable_in(text: str) -> str:
    """pydantic names the field only."""
    named = [name for name in Settings.model_fields if f'"{name}"' in text]
    return f"PENSTOCK_{named[0].upper()}" if named else "a variable"
