"""Register: a worker says which lambdas it serves; tasks that waited for that are freed."""

import asyncio
import logging
from collections.abc import Callable, Sequence

import msgspec

from penstock.frontend.announcer import due_body
from penstock.frontend.calls import Registered
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.subscribe import SubscribeDesk, check_subscriptions
from penstock.model.errors import InvalidInput, LimitExceeded, Unavailable
from penstock.model.lane import LambdaId, lanes_of
from penstock.model.limits import BATCH_ROWS_MAX, LAMBDAS_PER_WORKER_MAX, SIGNATURE_BYTES_MAX
from penstock.model.names import check_description, check_lambda_name, check_version
from penstock.ports.clock import StoreClock
from penstock.ports.due_work import DueWork
from penstock.ports.registry import Registration, Registry
from penstock.ports.signals import Signals, Topic

HELD_FOR = "registration"
BATCHES_BEFORE_ANSWER = 10
"""A worker waits for this many batches of freed tasks at most; the others follow."""
LATE_SWEEPS_S = (0.0, 1.0, 6.0)
"""Another frontend may still believe that the lambda is unregistered and hold a task for it. The last sweep
comes after its belief has run out; what slips through is found by the scheduler's slow look."""

log = logging.getLogger(__name__)


class RegisterDesk:
    """`orchestrators` gives the addresses, host:port, that workers open their streams to."""

    def __init__(
        self,
        registry: Registry,
        due_work: DueWork,
        book: LambdaBook,
        clock: StoreClock,
        signals: Signals,
        orchestrators: Callable[[], Sequence[str]],
        subscribe: SubscribeDesk,
    ) -> None:
        self._registry = registry
        self._due_work = due_work
        self._book = book
        self._clock = clock
        self._signals = signals
        self._orchestrators = orchestrators
        self._subscribe = subscribe
        self._sweeps: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """End the sweeps that are still to come."""
        for sweep in self._sweeps:
            sweep.cancel()
        await asyncio.gather(*self._sweeps, return_exceptions=True)

    async def check(self, namespace: str, registrations: Sequence[Registration]) -> None:
        """Raises `InvalidInput` for any that is wrong, before anything else of a call is kept."""
        check_registrations(registrations)
        check_subscriptions(registrations)
        await self._subscribe.check(await self._book.known_namespace_id(namespace), registrations)

    async def register(self, namespace: str, registrations: Sequence[Registration]) -> Registered:
        """Keep the registrations; raises `InvalidInput` for any that is wrong, and then keeps none."""
        await self.check(namespace, registrations)
        namespace_id = await self._book.namespace_id(namespace)
        freed, warnings = 0, list[str]()
        if registrations:
            warnings = await self._subscribe.declare(namespace_id, registrations)
            records = await self._registry.register(namespace_id, registrations)
            self._book.forget_unregistered()
            self._signals.send(Topic.LAMBDAS, b"")
            lambda_ids = [record.id for record in records]
            freed = await self._free(lambda_ids, BATCHES_BEFORE_ANSWER)
            sweep = asyncio.ensure_future(self._sweep(lambda_ids))
            self._sweeps.add(sweep)
            sweep.add_done_callback(self._sweeps.discard)
        return Registered(self._orchestrators(), freed, warnings)

    async def _sweep(self, lambda_ids: list[LambdaId]) -> None:
        for pause_s in LATE_SWEEPS_S:
            await asyncio.sleep(pause_s)
            try:
                while await self._free(lambda_ids, BATCHES_BEFORE_ANSWER):
                    pass
            except Unavailable as trouble:
                log.warning("tasks held for a registration were not looked for: %s", trouble)

    async def _free(self, lambda_ids: list[LambdaId], batches_max: int) -> int:
        freed = 0
        for _ in range(batches_max):
            batch = await self._due_work.free_held(HELD_FOR, lambda_ids, BATCH_ROWS_MAX)
            freed += batch
            if batch < BATCH_ROWS_MAX:
                break
        if freed:
            now_us = self._clock.now_us()
            lanes = [lane for lambda_id in lambda_ids for lane in lanes_of(lambda_id)]
            self._signals.send(Topic.DUE, due_body(dict.fromkeys(lanes, now_us)))
        return freed


def check_registrations(registrations: Sequence[Registration]) -> None:
    """Raises `InvalidInput` for any that is wrong."""
    if len(registrations) > LAMBDAS_PER_WORKER_MAX:
        raise LimitExceeded("lambdas", f"are {len(registrations)}; the limit is {LAMBDAS_PER_WORKER_MAX}")
    names = set()
    for each in registrations:
        names.add(check_lambda_name(each.name))
        check_version(each.version)
        check_description(each.description)
        each.policy.check()
        _check_signature(each)
    if len(names) < len(registrations):
        raise InvalidInput("lambdas", "name one lambda twice")


def _check_signature(registration: Registration) -> None:
    field = f"signature of {registration.name}"
    if len(registration.signature) > SIGNATURE_BYTES_MAX:
        raise LimitExceeded(field, f"has {len(registration.signature)} bytes; the limit is {SIGNATURE_BYTES_MAX}")
    if registration.signature:
        try:
            msgspec.json.decode(registration.signature)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidInput(field, f"is not JSON: {error}") from None
