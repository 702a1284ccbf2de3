"""Gates: orders on a lambda, or on one collection of it, about tasks that are due."""

from hashlib import blake2b

import msgspec
from msgspec import Struct, structs

from penstock.model.errors import InvalidInput
from penstock.model.lane import LambdaId, LaneId
from penstock.model.lifecycle import GateState

WHOLE = ""
"""Instead of a collection: all tasks of the lambda, with a collection or without."""


def stops(shut: frozenset[tuple[LambdaId, str]], lambda_id: LambdaId, collection: str) -> bool:
    """Whether one of the gates that are shut stands before a task."""
    return (lambda_id, WHOLE) in shut or (lambda_id, collection) in shut


class GateOrder(Struct, frozen=True):
    """What somebody wants. Of `until_us` and `for_us` one is 0; both are: until somebody opens it."""

    namespace_id: int
    lambda_id: LambdaId
    collection: str
    state: GateState
    until_us: int = 0
    """by the store's clock"""
    for_us: int = 0
    """added to the store's clock when the order is written"""
    reason: str = ""
    who: str = ""
    token: bytes = b""
    """an order that comes again with its token changes nothing, however late"""

    @property
    def content_hash(self) -> bytes:
        """What "the same order" means for a token."""
        return blake2b(msgspec.msgpack.encode(structs.replace(self, token=b"")), digest_size=16).digest()


def token_was_used() -> InvalidInput:
    """The same token with another order, or for another call."""
    return InvalidInput("request_token", "was used before for another call; make a new one for each")


class Gate(Struct, frozen=True):
    """A gate as it stands. Times in microseconds since 1970, by the store's clock."""

    lambda_id: LambdaId
    lambda_name: str
    collection: str
    state: GateState
    version: int
    """rises with every change of any gate; 0: nobody has ever closed this one"""
    since_us: int = 0
    until_us: int = 0
    """0: until somebody opens it"""
    reason: str = ""
    who: str = ""
    held: int = 0
    """tasks that it holds, counted up to `limits.GATE_COUNT_MAX`"""


class GateLine(Struct, frozen=True):
    """One line of the audit trail. Written once."""

    version: int
    at_us: int
    lambda_name: str
    collection: str
    state: GateState
    until_us: int
    reason: str
    who: str


class ShutGates(Struct, frozen=True):
    """The gates that are not open, as far as executors need to know them."""

    version: int
    shut: frozenset[tuple[LambdaId, str]]


class Settled(Struct, frozen=True):
    """What one batch of settling did to tasks that gates had held."""

    freed: dict[LaneId, int]
    moved: int
    """freed, or held for another gate from now on, or condemned"""
