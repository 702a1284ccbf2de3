"""What the operators did, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from penstock.model.lifecycle import Status
from tests.processes.fault_run.history import History


@dataclass(frozen=True)
class Window:
    """A gate was shut from the answer to the order until the order to open it. Wall clock, microseconds."""

    collection: str
    drops: bool
    answered_us: int
    opening_us: int


@dataclass(frozen=True)
class Cancelled:
    """A cancel that was answered, with the status that the answer told."""

    id: bytes
    told: Status
    answered_us: int


@dataclass(frozen=True)
class Kin:
    """A task of a family: who goes before it, and how it must end."""

    id: bytes
    parents: tuple[bytes, ...]
    ends_as: Status


@dataclass(frozen=True)
class Ended:
    """An outcome with what it takes to judge it."""

    id: bytes
    kind: str
    collection: str
    status: Status
    retry_of: bytes | None
    tick_us: int | None


@dataclass(frozen=True)
class FeatureHistory:
    """`base` knows the intervals; `due` which ids were answered, by kind and collection."""

    base: History
    due: Sequence[tuple[bytes, str, str]] = ()
    windows: Sequence[Window] = ()
    cancels: Sequence[Cancelled] = ()
    ended: Sequence[Ended] = ()
    kin: Sequence[Kin] = ()
    dead_before_redrive: frozenset[bytes] = field(default_factory=frozenset)
