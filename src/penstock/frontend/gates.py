"""Gates: orders about a lambda or one collection of it, which of them stand, and who gave them."""

from collections.abc import Sequence
from typing import Final

from msgspec import structs

from penstock.frontend.calls import GateCall, TrailCall
from penstock.frontend.intake import check_token
from penstock.frontend.lambda_book import LambdaBook
from penstock.model.errors import InvalidInput, LimitExceeded, NotFound
from penstock.model.gate import Gate, GateLine, GateOrder
from penstock.model.lane import LambdaId
from penstock.model.lifecycle import GateState
from penstock.model.limits import GATE_S_MAX, LIST_PAGE_DEFAULT, LIST_PAGE_MAX
from penstock.model.names import check_collection, check_lambda_name, check_reason, check_who
from penstock.ports.clock import StoreClock
from penstock.ports.gates import Gates
from penstock.ports.signals import Signals, Topic

VERSION_MAX: Final = 2**63 - 1
GATE_US_MAX: Final = GATE_S_MAX * 1_000_000


class GateDesk:
    """Like a cancel it uses no search and no queue: an order must pass when all else is overloaded."""

    def __init__(self, gates: Gates, book: LambdaBook, clock: StoreClock, signals: Signals) -> None:
        self._gates = gates
        self._book = book
        self._clock = clock
        self._signals = signals

    async def order(self, call: GateCall) -> Gate:
        """Set or open a gate; durable when it returns, and nothing in its scope starts from a second later on.

        Raises `InvalidInput`, `NotFound` for a lambda that nobody has ever named, `Unavailable`.
        """
        order = _order_of(call, self._clock.now_us())
        namespace_id = await self._book.known_namespace_id(call.namespace)
        record = await self._book.find(namespace_id, call.lambda_name)
        if record is None:
            raise NotFound(
                f"no lambda {call.lambda_name} in this namespace: no worker has registered it and no task names it"
            )
        gate = await self._gates.order(structs.replace(order, namespace_id=namespace_id, lambda_id=record.id))
        self._signals.send(Topic.GATES, b"")
        return structs.replace(gate, lambda_name=record.name)

    async def standing(self, namespace: str, lambda_name: str = "") -> Sequence[Gate]:
        """The gates that are not open, of one lambda or of all; raises `InvalidInput`, `Unavailable`."""
        if lambda_name:
            check_lambda_name(lambda_name)
        return await self._gates.standing(await self._book.known_namespace_id(namespace), lambda_name)

    async def trail(self, call: TrailCall) -> Sequence[GateLine]:
        """Who ordered what, the latest first; raises `InvalidInput`, `Unavailable`."""
        if call.lambda_name:
            check_lambda_name(call.lambda_name)
        collection = None if call.collection is None else check_collection(call.collection)
        if not 0 <= call.limit <= LIST_PAGE_MAX:
            raise LimitExceeded("limit", f"{call.limit} is outside of 1 to {LIST_PAGE_MAX}")
        if call.before_version > VERSION_MAX:
            raise InvalidInput("before_version", f"{call.before_version} is none")
        namespace_id = await self._book.known_namespace_id(call.namespace)
        limit = call.limit or LIST_PAGE_DEFAULT
        return await self._gates.trail(namespace_id, call.lambda_name, collection, call.before_version, limit)


def _order_of(call: GateCall, now_us: int) -> GateOrder:
    check_lambda_name(call.lambda_name)
    check_token(call.request_token)
    state = _state_of(call.state)
    _check_end(call, state, now_us)
    return GateOrder(
        namespace_id=0,
        lambda_id=LambdaId(0),
        collection=check_collection(call.collection),
        state=state,
        until_us=call.until_us,
        for_us=call.for_us,
        reason=check_reason(call.reason),
        who=check_who(call.who),
        token=call.request_token,
    )


def _state_of(number: int) -> GateState:
    try:
        return GateState(number)
    except ValueError:
        raise InvalidInput("state", f"{number} is none; use open, pause or drop") from None


def _check_end(call: GateCall, state: GateState, now_us: int) -> None:
    days_max = GATE_S_MAX // 86_400
    if call.until_us and call.for_us:
        raise InvalidInput("for_us", "is set together with until_us; use one of them")
    if state is GateState.OPEN and (call.until_us or call.for_us):
        raise InvalidInput("until_us", "an open gate has no end; close it when it shall be closed")
    if call.for_us and not 0 < call.for_us <= GATE_US_MAX:
        raise InvalidInput("for_us", f"{call.for_us} us are outside of 0 to {days_max} days")
    if call.until_us and call.until_us <= now_us:
        raise InvalidInput("until_us", "is past: the gate would be open at once")
    if call.until_us > now_us + GATE_US_MAX:
        raise InvalidInput("until_us", f"is further ahead than {days_max} days; leave it out for a gate without an end")
