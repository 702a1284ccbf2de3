"""Quotas: orders about a lambda's rates and weight, which of them stand, and who gave them."""

from collections.abc import Sequence

from msgspec import structs

from penstock.frontend.gates import VERSION_MAX
from penstock.frontend.intake import check_token
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.quota_calls import QuotaCall, QuotasStanding
from penstock.model.errors import InvalidInput, LimitExceeded, NotFound
from penstock.model.lane import LambdaId, Priority
from penstock.model.limits import LIST_PAGE_DEFAULT, LIST_PAGE_MAX
from penstock.model.names import check_lambda_name, check_reason, check_who
from penstock.model.quota import (
    WHOLE_LAMBDA,
    Quota,
    QuotaKind,
    QuotaLine,
    QuotaOrder,
    check_amount,
    check_burst,
    in_force,
)
from penstock.ports.quotas import Quotas
from penstock.ports.signals import Signals, Topic


class QuotaDesk:
    """Like a gate, an order must pass when all else is overloaded: it uses no search and no queue."""

    def __init__(self, quotas: Quotas, book: LambdaBook, signals: Signals) -> None:
        self._quotas = quotas
        self._book = book
        self._signals = signals

    async def order(self, call: QuotaCall) -> QuotasStanding:
        """Set or clear a quota; durable when it returns. Servers heed it within moments, `flow.quota_book` says when.

        Raises `InvalidInput`, `NotFound` for a lambda that nobody has ever named, `Unavailable`.
        """
        order = _order_of(call)
        namespace_id = await self._book.known_namespace_id(call.namespace)
        record = await self._book.find(namespace_id, call.lambda_name)
        if record is None:
            raise NotFound(
                f"no lambda {call.lambda_name} in this namespace: no worker has registered it and no task names it"
            )
        await self._quotas.order(structs.replace(order, namespace_id=namespace_id, lambda_id=record.id))
        self._signals.send(Topic.QUOTAS, b"")
        return _standing(await self._quotas.standing(namespace_id, call.lambda_name))

    async def standing(self, namespace: str, lambda_name: str = "") -> QuotasStanding:
        """Those of one lambda, or of all; raises `InvalidInput`, `Unavailable`."""
        if lambda_name:
            check_lambda_name(lambda_name)
        return _standing(await self._quotas.standing(await self._book.known_namespace_id(namespace), lambda_name))

    async def trail(
        self, namespace: str, lambda_name: str = "", before_version: int = 0, limit: int = 0
    ) -> Sequence[QuotaLine]:
        """Who ordered what, the latest first; raises `InvalidInput`, `Unavailable`."""
        if lambda_name:
            check_lambda_name(lambda_name)
        if not 0 <= limit <= LIST_PAGE_MAX:
            raise LimitExceeded("limit", f"{limit} is outside of 1 to {LIST_PAGE_MAX}")
        if before_version > VERSION_MAX:
            raise InvalidInput("before_version", f"{before_version} is none")
        namespace_id = await self._book.known_namespace_id(namespace)
        return await self._quotas.trail(namespace_id, lambda_name, before_version, limit or LIST_PAGE_DEFAULT)


def _standing(quotas: Sequence[Quota]) -> QuotasStanding:
    return QuotasStanding(quotas, frozenset(in_force(quotas)))


def _order_of(call: QuotaCall) -> QuotaOrder:
    check_lambda_name(call.lambda_name)
    check_token(call.request_token)
    kind, priority = _kind_of(call.kind), _priority_of(call.priority)
    if priority != WHOLE_LAMBDA and kind is not QuotaKind.START:
        raise InvalidInput("priority", f"a {kind} quota is one for all lanes of a lambda; leave the priority out")
    if call.amount is not None:
        check_amount("amount", kind, call.amount)
    elif call.burst:
        raise InvalidInput("burst", "belongs to a rate; give the amount too")
    if call.burst and kind is QuotaKind.WEIGHT:
        raise InvalidInput("burst", "belongs to a rate; a weight has none")
    return QuotaOrder(
        namespace_id=0,
        lambda_id=LambdaId(0),
        kind=kind,
        priority=priority,
        amount=call.amount,
        burst=check_burst("burst", call.burst),
        reason=check_reason(call.reason),
        who=check_who(call.who),
        token=call.request_token,
    )


def _kind_of(number: int) -> QuotaKind:
    try:
        return QuotaKind(number)
    except ValueError:
        raise InvalidInput("kind", f"{number} is none; use schedule, start or weight") from None


def _priority_of(number: int) -> int:
    try:
        return Priority(number) if number != WHOLE_LAMBDA else WHOLE_LAMBDA
    except ValueError:
        raise InvalidInput("priority", f"{number} is none; use high, normal or low, or leave it out") from None
