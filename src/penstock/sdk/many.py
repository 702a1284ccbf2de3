"""Cancel or retry many tasks by what they are, instead of by their ids."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from penstock.model.errors import InvalidInput, NotFound
from penstock.model.identity import TaskId, parse_id, text_of
from penstock.model.lifecycle import Status
from penstock.model.limits import LIST_PAGE_MAX
from penstock.model.names import check_actor, check_reason
from penstock.model.sweep import SweepKind, SweepStatus
from penstock.sdk.caller import caller
from penstock.sdk.connection import Connection
from penstock.sdk.durations import moment_of
from penstock.sdk.selecting import Selection, as_asked
from penstock.sdk.waiting import without_loop
from penstock.wire.numbers import status_of_wire
from penstock.wire.v1 import penstock_pb2 as pb

PER_SECOND_DEFAULT: Final = 1_000.0


class TaskKind(Struct, frozen=True):
    """Tasks that an order would handle and that are alike."""

    lambda_name: str
    status: Status
    count: int
    oldest: datetime | None
    """for when it was scheduled"""
    newest: datetime | None


class Order(Struct, frozen=True):
    """An order over many tasks, and how far it has come."""

    id: str
    kind: SweepKind
    status: SweepStatus
    handled: int
    """so many were cancelled, asked to stop, or made anew"""
    ordered_at: datetime | None
    ended_at: datetime | None
    who: str
    reason: str


class Many:
    """An app's `many`. The platform leads an order on by itself, whatever restarts; each task is handled once, and what
    is scheduled, or fails, after the order is left alone. Each method raises `InvalidInput`, `NotFound` for a lambda or
    an order that nobody knows, and `Unavailable`. `*_sync` is for code without an event loop.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def would_cancel(self, chosen: Selection) -> tuple[TaskKind, ...]:
        """What an order given now would mean, counted up to 50,000."""
        return await self._preview(pb.SWEEP_KIND_CANCEL, chosen)

    async def would_retry(self, chosen: Selection) -> tuple[TaskKind, ...]:
        """What an order given now would mean, counted up to 50,000."""
        return await self._preview(pb.SWEEP_KIND_RETRY, chosen)

    async def cancel(
        self, chosen: Selection, *, per_second: float = PER_SECOND_DEFAULT, reason: str = "", who: str = ""
    ) -> Order:
        """Cancel what waits, and ask what runs to stop, at most so many a second."""
        return await self._order(pb.SWEEP_KIND_CANCEL, chosen, per_second, reason, who)

    async def retry(
        self, chosen: Selection, *, per_second: float = PER_SECOND_DEFAULT, reason: str = "", who: str = ""
    ) -> Order:
        """Make each a new task, linked with the old one, at most so many a second."""
        return await self._order(pb.SWEEP_KIND_RETRY, chosen, per_second, reason, who)

    async def order(self, order_id: str) -> Order:
        """How far it has come: one of the newest thousand, else `NotFound`."""
        wanted = _order_id(order_id)
        client = self._connection.client()
        request = pb.ListSweepsRequest(namespace=client.namespace, limit=LIST_PAGE_MAX)
        for sweep in (await client.ask("ListSweeps", request)).sweeps:
            if sweep.sweep_id == wanted:
                return _order(sweep)
        raise NotFound(f"no order {order_id} among the newest {LIST_PAGE_MAX:,}")

    async def stop(self, order_id: str, *, who: str = "") -> Order:
        """No further task is handled; what was handled stays so."""
        client = self._connection.client()
        request = pb.StopSweepRequest(
            namespace=client.namespace, sweep_id=_order_id(order_id), stopped_by=check_actor(who or caller())
        )
        return _order(await client.ask("StopSweep", request))

    def would_cancel_sync(self, chosen: Selection) -> tuple[TaskKind, ...]:
        """`would_cancel` for code without an event loop."""
        return without_loop("would_cancel", self.would_cancel(chosen))

    def would_retry_sync(self, chosen: Selection) -> tuple[TaskKind, ...]:
        """`would_retry` for code without an event loop."""
        return without_loop("would_retry", self.would_retry(chosen))

    def cancel_sync(
        self, chosen: Selection, *, per_second: float = PER_SECOND_DEFAULT, reason: str = "", who: str = ""
    ) -> Order:
        """`cancel` for code without an event loop."""
        return without_loop("cancel", self.cancel(chosen, per_second=per_second, reason=reason, who=who))

    def retry_sync(
        self, chosen: Selection, *, per_second: float = PER_SECOND_DEFAULT, reason: str = "", who: str = ""
    ) -> Order:
        """`retry` for code without an event loop."""
        return without_loop("retry", self.retry(chosen, per_second=per_second, reason=reason, who=who))

    def order_sync(self, order_id: str) -> Order:
        """`order` for code without an event loop."""
        return without_loop("order", self.order(order_id))

    def stop_sync(self, order_id: str, *, who: str = "") -> Order:
        """`stop` for code without an event loop."""
        return without_loop("stop", self.stop(order_id, who=who))

    async def _preview(self, kind: pb.SweepKind, chosen: Selection) -> tuple[TaskKind, ...]:
        client = self._connection.client()
        request = pb.PreviewSweepRequest(namespace=client.namespace, kind=kind, selection=as_asked(chosen))
        return _kinds((await client.ask("PreviewSweep", request)).groups)

    async def _order(self, kind: pb.SweepKind, chosen: Selection, per_second: float, reason: str, who: str) -> Order:
        client = self._connection.client()
        request = pb.StartSweepRequest(
            namespace=client.namespace,
            kind=kind,
            selection=as_asked(chosen),
            rate_per_s=_rate(per_second),
            asked_by=check_actor(who or caller()),
            reason=check_reason(reason),
            request_token=client.mint_token(),
        )
        return _order(await client.ask("StartSweep", request))


def _rate(per_second: object) -> float:
    if isinstance(per_second, bool) or not isinstance(per_second, int | float) or not per_second > 0:
        raise InvalidInput("per_second", f"{per_second!r:.80} is no number above 0")
    return per_second


def _kinds(groups: Sequence[pb.SelectedGroup]) -> tuple[TaskKind, ...]:
    return tuple(
        TaskKind(
            getattr(group, "lambda"),
            status_of_wire(group.status),
            group.count,
            moment_of(group.oldest_us),
            moment_of(group.newest_us),
        )
        for group in groups
    )


def _order(sweep: pb.Sweep) -> Order:
    return Order(
        text_of(TaskId(sweep.sweep_id)),
        SweepKind(sweep.kind),
        SweepStatus(sweep.status),
        sweep.handled,
        moment_of(sweep.created_at_us),
        moment_of(sweep.ended_at_us),
        sweep.asked_by,
        sweep.reason,
    )


def _order_id(text: str) -> TaskId:
    try:
        return parse_id(text)
    except InvalidInput:
        raise InvalidInput("order_id", f"{text!r:.80} is no order's id; an order has it as `id`") from None
