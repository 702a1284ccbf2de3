"""Gates: pause or drop what is due of a lambda, or of one collection of it."""

from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from penstock.model.errors import InvalidInput
from penstock.model.lifecycle import GateState
from penstock.model.limits import GATE_S_MAX, LIST_PAGE_MAX
from penstock.model.names import check_collection, check_lambda_name, check_reason, check_who
from penstock.sdk.caller import caller
from penstock.sdk.connection import Connection
from penstock.sdk.durations import Duration, microseconds_since_1970, moment_of, seconds_of
from penstock.sdk.event_lambdas import EventLambda
from penstock.sdk.lambdas import Lambda
from penstock.sdk.waiting import without_loop
from penstock.wire.v1 import penstock_pb2 as pb

AnyOf = Lambda[..., Any] | EventLambda[Any, Any] | str
"""A lambda, or its full name, such as `mail.send_email`."""

_HISTORY_DEFAULT: Final = 100


class Gate(Struct, frozen=True):
    """How a gate stands. Times are in UTC, by the platform's clock."""

    lambda_name: str
    collection: str
    """"": the whole lambda"""
    state: GateState
    since: datetime | None
    """None: it was never closed"""
    until: datetime | None
    """None: until somebody opens it"""
    reason: str
    who: str
    held: int
    """from `list`: tasks that it holds, counted up to 10,000"""


class GateChange(Struct, frozen=True):
    """One line of the audit trail."""

    at: datetime
    lambda_name: str
    collection: str
    state: GateState
    until: datetime | None
    reason: str
    who: str


class Gates:
    """An app's `gates`. Each method raises `InvalidInput`, `NotFound` for a lambda that nobody has ever named, and
    `Unavailable` when the platform does not answer. `*_sync` is for code without an event loop.

    Once an order is answered, nothing in its scope starts from a second later on; what runs goes on. `who` is you,
    as far as the system knows you, unless you say otherwise.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def pause(
        self,
        of: AnyOf,
        collection: str = "",
        *,
        until: datetime | None = None,
        lasting: Duration | None = None,
        reason: str = "",
        who: str = "",
    ) -> Gate:
        """Keep what is due, and run it in due order once the gate is open again."""
        return await self._order(pb.GATE_STATE_PAUSE, of, collection, until, lasting, reason, who)

    async def drop(
        self,
        of: AnyOf,
        collection: str = "",
        *,
        until: datetime | None = None,
        lasting: Duration | None = None,
        reason: str = "",
        who: str = "",
    ) -> Gate:
        """End what is due, and what a pause has kept, as dropped: it never runs."""
        return await self._order(pb.GATE_STATE_DROP, of, collection, until, lasting, reason, who)

    async def open(self, of: AnyOf, collection: str = "", *, reason: str = "", who: str = "") -> Gate:
        """Let what is due run again. Fine for what is open."""
        return await self._order(pb.GATE_STATE_OPEN, of, collection, None, None, reason, who)

    async def list(self, of: AnyOf | None = None) -> tuple[Gate, ...]:
        """The gates that are not open: of one lambda, or of all in the namespace."""
        client = self._connection.client()
        request = pb.ListGatesRequest(namespace=client.namespace, **{"lambda": name_of(of)})
        return tuple(_gate(each) for each in (await client.ask("ListGates", request)).gates)

    async def history(
        self, of: AnyOf | None = None, collection: str | None = None, *, limit: int = _HISTORY_DEFAULT
    ) -> tuple[GateChange, ...]:
        """Who ordered what, the latest first. `collection` None: on any, and on the whole lambda."""
        if not 1 <= limit <= LIST_PAGE_MAX:
            raise InvalidInput("limit", f"{limit!r} is outside of 1 to {LIST_PAGE_MAX}")
        client = self._connection.client()
        request = pb.GateHistoryRequest(namespace=client.namespace, limit=limit)
        setattr(request, "lambda", name_of(of))
        if collection is not None:
            request.collection = check_collection(collection)
        return tuple(_change(line) for line in (await client.ask("GateHistory", request)).lines)

    def pause_sync(
        self,
        of: AnyOf,
        collection: str = "",
        *,
        until: datetime | None = None,
        lasting: Duration | None = None,
        reason: str = "",
        who: str = "",
    ) -> Gate:
        """`pause` for code without an event loop."""
        order = self.pause(of, collection, until=until, lasting=lasting, reason=reason, who=who)
        return without_loop("pause", order)

    def drop_sync(
        self,
        of: AnyOf,
        collection: str = "",
        *,
        until: datetime | None = None,
        lasting: Duration | None = None,
        reason: str = "",
        who: str = "",
    ) -> Gate:
        """`drop` for code without an event loop."""
        order = self.drop(of, collection, until=until, lasting=lasting, reason=reason, who=who)
        return without_loop("drop", order)

    def open_sync(self, of: AnyOf, collection: str = "", *, reason: str = "", who: str = "") -> Gate:
        """`open` for code without an event loop."""
        return without_loop("open", self.open(of, collection, reason=reason, who=who))

    def list_sync(self, of: AnyOf | None = None) -> tuple[Gate, ...]:
        """`list` for code without an event loop."""
        return without_loop("list", self.list(of))

    def history_sync(
        self, of: AnyOf | None = None, collection: str | None = None, *, limit: int = _HISTORY_DEFAULT
    ) -> tuple[GateChange, ...]:
        """`history` for code without an event loop."""
        return without_loop("history", self.history(of, collection, limit=limit))

    async def _order(
        self,
        state: pb.GateState,
        of: AnyOf,
        collection: str,
        until: datetime | None,
        lasting: Duration | None,
        reason: str,
        who: str,
    ) -> Gate:
        if until is not None and lasting is not None:
            raise InvalidInput("lasting", "is given together with until; use one of them")
        client = self._connection.client()
        request = pb.SetGateRequest(
            namespace=client.namespace,
            collection=check_collection(collection),
            state=state,
            until_us=0 if until is None else microseconds_since_1970("until", until),
            for_us=0 if lasting is None else _positive_us(lasting),
            reason=check_reason(reason),
            who=check_who(who) or caller(),
            request_token=client.mint_token(),
            **{"lambda": name_of(of)},
        )
        return _gate(await client.ask("SetGate", request))


def _positive_us(lasting: Duration) -> int:
    lasting_us = round(seconds_of("lasting", lasting, GATE_S_MAX) * 1_000_000)
    if not lasting_us:
        raise InvalidInput("lasting", "is no time at all; leave it out for a gate without an end")
    return lasting_us


def name_of(of: AnyOf | None) -> str:
    """The full name of a lambda, "" for none; raises `InvalidInput`."""
    if of is None:
        return ""
    return of.name if isinstance(of, Lambda | EventLambda) else check_lambda_name(of)


def _gate(wire: pb.Gate) -> Gate:
    return Gate(
        getattr(wire, "lambda"),
        wire.collection,
        GateState(wire.state),
        moment_of(wire.since_us),
        moment_of(wire.until_us),
        wire.reason,
        wire.who,
        wire.held,
    )


def _change(line: pb.GateLine) -> GateChange:
    at = moment_of(line.at_us)
    assert at is not None
    return GateChange(
        at,
        getattr(line, "lambda"),
        line.collection,
        GateState(line.state),
        moment_of(line.until_us),
        line.reason,
        line.who,
    )
