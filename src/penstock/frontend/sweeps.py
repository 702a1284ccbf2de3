"""Orders to sweep over dead letters or other tasks: checked, written down, and told to the audit log."""

import logging
import math
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import structs

from penstock.frontend.lambda_book import NO_NAMESPACE, LambdaBook
from penstock.frontend.letter_filter import check_filter
from penstock.frontend.selection import check_selection
from penstock.model.errors import InvalidInput, LimitExceeded, NotFound
from penstock.model.limits import LIST_PAGE_DEFAULT, LIST_PAGE_MAX
from penstock.model.names import check_actor, check_reason
from penstock.model.selection import TaskSelection
from penstock.model.sweep import RATE_PER_S_DEFAULT, RATE_PER_S_MAX, RATE_PER_S_MIN, DeadLetterFilter, Sweep
from penstock.ports.sweeps import Sweeps

SWEEP_ID_BYTES: Final = 16
audit = logging.getLogger("penstock.audit")


class SweepDesk:
    """Its methods raise `InvalidInput`, `NotFound` and `Unavailable`."""

    def __init__(self, sweeps: Sweeps, book: LambdaBook, new_token: Callable[[], bytes]) -> None:
        self._sweeps = sweeps
        self._book = book
        self._new_token = new_token

    async def begin(self, namespace: str, order: Sweep) -> Sweep:
        """`order` as it came: its id is the request token, empty for a new one; a rate of 0 is the default's."""
        namespace_id = await self._book.known_namespace_id(namespace)
        if namespace_id == NO_NAMESPACE:
            raise NotFound(f"no namespace {namespace!r}; nothing was ever scheduled in it")
        order = structs.replace(
            order,
            id=_sweep_id(order.id or self._new_token()),
            namespace_id=namespace_id,
            wanted=_checked(order),
            rate_per_s=_rate(order.rate_per_s),
            asked_by=check_actor(order.asked_by),
            reason=check_reason(order.reason),
        )
        sweep = await self._sweeps.begin(order)
        if _content(sweep) != _content(order):
            raise InvalidInput("request_token", "belongs to another order; a new order needs a new one")
        audit.info("%s orders a %s in %r: %s", order.asked_by, order.kind.name, namespace, order.wanted)
        return sweep

    async def stop(self, namespace: str, sweep_id: bytes, stopped_by: str) -> Sweep:
        """No further task is handled."""
        namespace_id = await self._book.known_namespace_id(namespace)
        sweep = await self._sweeps.stop(namespace_id, _sweep_id(sweep_id), check_actor(stopped_by))
        audit.info("%s stops sweep %s in %r", stopped_by, sweep_id.hex(), namespace)
        return sweep

    async def newest(self, namespace: str, limit: int) -> Sequence[Sweep]:
        """Those that were ordered, the newest first."""
        if not 0 <= limit <= LIST_PAGE_MAX:
            raise LimitExceeded("limit", f"{limit} is outside of 1 to {LIST_PAGE_MAX}")
        namespace_id = await self._book.known_namespace_id(namespace)
        return await self._sweeps.newest(namespace_id, limit or LIST_PAGE_DEFAULT)


def _content(order: Sweep) -> tuple[object, ...]:
    """What makes an order the same. The store ends its time at the order's own."""
    wanted = order.wanted
    if isinstance(wanted, DeadLetterFilter):
        wanted = structs.replace(wanted, until_us=0)
    return order.kind, wanted, order.rate_per_s


def _checked(order: Sweep) -> DeadLetterFilter | TaskSelection:
    wanted = order.wanted
    return check_filter(wanted) if isinstance(wanted, DeadLetterFilter) else check_selection(wanted, order.kind)


def _rate(rate_per_s: float) -> float:
    if not rate_per_s:
        return RATE_PER_S_DEFAULT
    if not (math.isfinite(rate_per_s) and RATE_PER_S_MIN <= rate_per_s <= RATE_PER_S_MAX):
        raise LimitExceeded("rate_per_s", f"{rate_per_s:g} is outside of {RATE_PER_S_MIN:g} to {RATE_PER_S_MAX:g}")
    return rate_per_s


def _sweep_id(raw: bytes) -> bytes:
    if len(raw) != SWEEP_ID_BYTES:
        raise InvalidInput("sweep_id", f"has {len(raw)} bytes; a sweep's id, its request token, has {SWEEP_ID_BYTES}")
    return raw
