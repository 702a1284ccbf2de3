"""What is known of a system before it is started: its name, its program, its server, what it promises."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from msgspec import Struct

from penstock.adapters.embedded import EmbeddedEngines


class Unavailable(Exception):
    """A peer can't be set up here; says why. The others are measured all the same."""


class Durability(Struct, frozen=True):
    """What of the acknowledged tasks is there afterwards, by the documentation of the system in this configuration."""

    letter: str
    """what a power cut of the server takes: F nothing (fsync before the call returns), else for how long back"""
    worker: str
    """after kill -9 of the workers"""
    broker: str
    """after kill -9 of the server that holds the tasks"""
    power: str
    """after a power cut"""


class Ground(Struct, frozen=True):
    """Where servers are started."""

    engines: EmbeddedEngines
    folder: Path
    """theirs alone, gone afterwards"""
    cache: Path
    """packages and environments, kept for the next time"""


class Server(Struct, frozen=True):
    """One that runs. `environment`: what tells programs where it is; `versions`: of its parts, by their names."""

    environment: Mapping[str, str]
    versions: Mapping[str, str]


class Peer(Struct, frozen=True):
    """A system in one configuration.

    `program` is a module such as those of `benchmarks.peers.programs`. `workers` answers the commands of all worker
    processes for the folder of the environment's programs.
    """

    name: str
    title: str
    program: str
    requirements: str | None
    """a file in `requirements`; `None`: this interpreter, which is Penstock's"""
    shown: tuple[str, ...]
    """the packages whose versions are told"""
    server: Callable[[Ground], AbstractAsyncContextManager[Server]]
    workers: Callable[[Path], Sequence[Sequence[str]]]
    durability: Durability
    configuration: str
    """what was set, in words: the settings that matter for speed or safety"""
