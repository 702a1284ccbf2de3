"""What was measured of one system, and what kept the rest from being measured."""

from msgspec import Struct

from benchmarks.peers.peer import Durability


class Report(Struct, frozen=True):
    """One line of the table."""

    name: str
    title: str
    durability: Durability
    configuration: str
    versions: dict[str, str]
    figures: dict[str, float]
    """by the names that workloads give; absent: not measured"""
    failures: dict[str, str]
    """why not, by workload; `setup` for all of them"""
