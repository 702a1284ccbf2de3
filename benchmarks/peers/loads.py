"""What the producer is told and what it reports: the same for each system."""

from msgspec import Struct


class Bulk(Struct, frozen=True, tag_field="kind", tag="bulk"):
    """By the system's best call for many, for so long, as many as `in_flight` under way."""

    first: int
    """the number of the first task"""
    seconds: float
    tasks_max: int
    in_flight: int
    task: str = "noop"


class Single(Struct, frozen=True, tag_field="kind", tag="single"):
    """One task a call, by so many callers, each of whom calls again when it was answered."""

    first: int
    seconds: float
    tasks_max: int
    callers: int
    task: str = "noop"


class OpenLoop(Struct, frozen=True, tag_field="kind", tag="open_loop"):
    """One task a call at a steady rate."""

    first: int
    tasks: int
    per_s: float
    task: str = "noop"


class Later(Struct, frozen=True, tag_field="kind", tag="later"):
    """Delayed tasks, one call after the other."""

    first: int
    tasks: int
    delay_s: float
    task: str = "noop"


Load = Bulk | Single | OpenLoop | Later


class Sent(Struct, frozen=True):
    """All of it was acknowledged."""

    tasks: int
    started_ns: int
    """CLOCK_MONOTONIC, as `ended_ns`: around all calls"""
    ended_ns: int
    called_ns: list[int]
    """just before each call; of delayed tasks since 1970, else by CLOCK_MONOTONIC; empty where nobody asks"""
