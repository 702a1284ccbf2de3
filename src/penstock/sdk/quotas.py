"""Quotas of operators: how many tasks of a lambda may be scheduled and started a second, and its weight."""

from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from penstock.model.errors import InvalidInput
from penstock.model.lane import Priority
from penstock.model.limits import LIST_PAGE_MAX
from penstock.model.names import check_reason, check_who
from penstock.model.quota import QuotaKind, check_amount, check_burst
from penstock.sdk.caller import caller
from penstock.sdk.connection import Connection
from penstock.sdk.durations import moment_of
from penstock.sdk.gates import AnyOf, name_of
from penstock.sdk.waiting import without_loop
from penstock.wire.quota_codec import QUOTA_KIND_TO_WIRE, lanes_to_wire
from penstock.wire.v1 import penstock_pb2 as pb

_HISTORY_DEFAULT: Final = 100


class QuotaSet(Struct, frozen=True):
    """How a quota stands. Times are in UTC, by the platform's clock."""

    lambda_name: str
    kind: QuotaKind
    priority: Priority | None
    """None: the whole lambda"""
    amount: float
    """tasks a second, or the weight; infinity: none"""
    burst: int
    """0: the tasks of one second"""
    declared: bool
    """by the code; else by an operator"""
    in_force: bool
    since: datetime | None
    reason: str
    who: str


class QuotaChange(Struct, frozen=True):
    """One line of the audit trail."""

    at: datetime
    lambda_name: str
    kind: QuotaKind
    priority: Priority | None
    amount: float | None
    """None: cleared"""
    burst: int
    reason: str
    who: str


class Quotas:
    """An app's `quotas`. Each method raises `InvalidInput`, `NotFound` for a lambda that nobody has ever named, and
    `Unavailable` when the platform does not answer. `*_sync` is for code without an event loop.

    An order stands before what the code declares, until it is cleared. `who` is you, as far as the system knows you,
    unless you say otherwise.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def set(
        self,
        of: AnyOf,
        kind: QuotaKind,
        amount: float,
        *,
        burst: int = 0,
        priority: Priority | None = None,
        reason: str = "",
        who: str = "",
    ) -> tuple[QuotaSet, ...]:
        """Set a quota; answers those of the lambda. `math.inf` lifts what the code declares."""
        if isinstance(amount, bool) or not isinstance(amount, int | float):
            raise InvalidInput("amount", f"{amount!r} is no number")
        order = pb.SetQuotaRequest(
            kind=QUOTA_KIND_TO_WIRE[_kind(kind)],
            amount=check_amount("amount", _kind(kind), float(amount)),
            burst=check_burst("burst", burst),
        )
        return await self._order(order, of, priority, reason, who)

    async def clear(
        self, of: AnyOf, kind: QuotaKind, *, priority: Priority | None = None, reason: str = "", who: str = ""
    ) -> tuple[QuotaSet, ...]:
        """Let what the code declares count again; answers the lambda's quotas. Fine for what is not set."""
        order = pb.SetQuotaRequest(kind=QUOTA_KIND_TO_WIRE[_kind(kind)])
        return await self._order(order, of, priority, reason, who)

    async def list(self, of: AnyOf | None = None) -> tuple[QuotaSet, ...]:
        """Those that stand, and those that code declares: of one lambda, or of all in the namespace."""
        client = self._connection.client()
        request = pb.ListQuotasRequest(namespace=client.namespace, **{"lambda": name_of(of)})
        return tuple(_quota(each) for each in (await client.ask("ListQuotas", request)).quotas)

    async def history(self, of: AnyOf | None = None, *, limit: int = _HISTORY_DEFAULT) -> tuple[QuotaChange, ...]:
        """Who ordered what, the latest first."""
        if not 1 <= limit <= LIST_PAGE_MAX:
            raise InvalidInput("limit", f"{limit!r} is outside of 1 to {LIST_PAGE_MAX}")
        client = self._connection.client()
        request = pb.QuotaHistoryRequest(namespace=client.namespace, limit=limit)
        setattr(request, "lambda", name_of(of))
        return tuple(_change(line) for line in (await client.ask("QuotaHistory", request)).lines)

    def set_sync(
        self,
        of: AnyOf,
        kind: QuotaKind,
        amount: float,
        *,
        burst: int = 0,
        priority: Priority | None = None,
        reason: str = "",
        who: str = "",
    ) -> tuple[QuotaSet, ...]:
        """`set` for code without an event loop."""
        order = self.set(of, kind, amount, burst=burst, priority=priority, reason=reason, who=who)
        return without_loop("set", order)

    def clear_sync(
        self, of: AnyOf, kind: QuotaKind, *, priority: Priority | None = None, reason: str = "", who: str = ""
    ) -> tuple[QuotaSet, ...]:
        """`clear` for code without an event loop."""
        return without_loop("clear", self.clear(of, kind, priority=priority, reason=reason, who=who))

    def list_sync(self, of: AnyOf | None = None) -> tuple[QuotaSet, ...]:
        """`list` for code without an event loop."""
        return without_loop("list", self.list(of))

    def history_sync(self, of: AnyOf | None = None, *, limit: int = _HISTORY_DEFAULT) -> tuple[QuotaChange, ...]:
        """`history` for code without an event loop."""
        return without_loop("history", self.history(of, limit=limit))

    async def _order(
        self, order: pb.SetQuotaRequest, of: AnyOf, priority: Priority | None, reason: str, who: str
    ) -> tuple[QuotaSet, ...]:
        client = self._connection.client()
        order.namespace = client.namespace
        setattr(order, "lambda", name_of(of))
        if priority is not None:
            order.priority = lanes_to_wire(priority)
        order.reason, order.who = check_reason(reason), check_who(who) or caller()
        order.request_token = client.mint_token()
        return tuple(_quota(each) for each in (await client.ask("SetQuota", order)).quotas)


def _priority_of(number: int) -> Priority | None:
    return Priority(number) if number else None


def _quota(wire: pb.Quota) -> QuotaSet:
    return QuotaSet(
        getattr(wire, "lambda"),
        QuotaKind(wire.kind),
        _priority_of(wire.priority),
        wire.amount,
        wire.burst,
        wire.declared,
        wire.in_force,
        moment_of(wire.since_us),
        wire.reason,
        wire.who,
    )


def _change(line: pb.QuotaLine) -> QuotaChange:
    at = moment_of(line.at_us)
    assert at is not None
    fields: dict[str, Any] = {"amount": line.amount if line.HasField("amount") else None}
    return QuotaChange(
        at=at,
        lambda_name=getattr(line, "lambda"),
        kind=QuotaKind(line.kind),
        priority=_priority_of(line.priority),
        burst=line.burst,
        reason=line.reason,
        who=line.who,
        **fields,
    )


def _kind(kind: QuotaKind) -> QuotaKind:
    try:
        return QuotaKind(kind)
    except ValueError:
        raise InvalidInput("kind", f"{kind!r:.80} is none of QuotaKind.SCHEDULE, START and WEIGHT") from None
