"""What an orchestrator process is made of."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from penstock.adapters.postgres import PostgresStore
from penstock.compose.background import crew, forget
from penstock.compose.engines import member_id, open_engines
from penstock.compose.sources import open_sources
from penstock.delivery.dispatch import Delivery
from penstock.flow.attendance import AttendanceTeller
from penstock.flow.children import teller
from penstock.flow.cursor_check import SourcesAgainstCursors
from penstock.flow.delivery_state import DeliveryState
from penstock.flow.filter_failures import FilterFailureBook
from penstock.flow.gauges import Gauges
from penstock.flow.lane_feed import LaneFeed
from penstock.flow.policies import PolicyBook
from penstock.flow.quota_book import QuotaBook
from penstock.flow.range_reader import RangeReader
from penstock.flow.start_quotas import PacedStarts
from penstock.flow.subscription_book import SubscriptionBook
from penstock.flow.task_state import TaskState
from penstock.model.errors import PenstockError
from penstock.model.lane import LambdaId
from penstock.ports.access_tokens import AccessTokens
from penstock.ports.membership import Member
from penstock.ports.source_book import SourceBook
from penstock.scheduler import EventSockets, RefreshPace, Scheduler, Sockets, Timings
from penstock.scheduler.held_events import HeldEvents
from penstock.scheduler.seen_subscriptions import SeenSubscriptions
from penstock.settings import Settings

log = logging.getLogger(__name__)

RETENTION_EVERY_S: Final = 3600.0


@dataclass(frozen=True)
class Orchestrator:
    """Layers 2 to 4, ready to be called."""

    delivery: Delivery
    task_state: TaskState
    namespace_ids: Callable[[str], Coroutine[Any, Any, int | None]]
    access_tokens: AccessTokens
    sources: SourceBook


@asynccontextmanager
async def open_orchestrator(settings: Settings, address: str) -> AsyncIterator[Orchestrator]:
    """Layers 2 to 4 on their engines, until the context ends."""
    async with (
        open_engines(settings, "orchestrator") as engines,
        crew() as start,
        open_sources(settings, engines.store, engines.pings, start) as sources,
    ):
        store, signals, queue = engines.store, engines.signals, engines.queue
        me = Member(member_id("orchestrator"), "orchestrator", address)
        gauges = Gauges(signals, me.id)
        queue.on_lost(forget(gauges))
        store.transitions.on_children(teller(signals))
        policies = PolicyBook(store.registry, signals)
        await policies.refresh()
        quotas = QuotaBook(store.quotas, signals)
        await quotas.refresh()
        filter_failures = FilterFailureBook(store.filter_failures)
        subscriptions = SubscriptionBook(store.subscriptions, signals, filter_failures.of)
        await subscriptions.refresh()
        delivery_state = DeliveryState(
            store.deliveries,
            RangeReader(sources, subscriptions, store.deliveries),
            subscriptions,
            LaneFeed(queue, gauges, signals, engines.pings),
            policies.policy_of,
            random.random,
            settings.lease_s,
        )
        task_state = TaskState(
            store.transitions, signals, policies.policy_of, random.random, settings.lease_s, delivery_state
        )
        delivery = Delivery(
            task_state,
            store.transitions,
            queue,
            gauges,
            signals,
            _lambda_ids(store),
            settings.lease_s,
            settings.heartbeat_s,
            store.gates,
            PacedStarts(quotas, store.quotas),
        )
        scheduler = Scheduler(
            Sockets(
                store.due_work,
                store.transitions,
                queue,
                gauges,
                store.registry,
                signals,
                store.clock,
                store.membership,
                store.sweeps,
                store.ticks,
                store.gates,
                store.chains,
                EventSockets(
                    store.deliveries,
                    store.subscriptions,
                    sources,
                    engines.pings,
                    store.refreshes,
                    SourcesAgainstCursors(store.cursors, sources),
                    store.cursors,
                ),
            ),
            me,
            random.random,
            Timings(
                lease_s=settings.lease_s,
                heartbeat_s=settings.heartbeat_s,
                enqueue_timeout_s=settings.enqueue_timeout_s,
                refresh=RefreshPace(
                    settings.refresh_recent_every_s,
                    settings.refresh_recent_per_s,
                    settings.refresh_full_every_s,
                    settings.refresh_full_per_s,
                    settings.refresh_stuck_after_s,
                ),
            ),
        )
        for loop in (
            gauges.run(),
            policies.run(),
            subscriptions.run(),
            filter_failures.run(),
            quotas.run(),
            delivery.run(),
            delivery.gates.run(),
            AttendanceTeller(signals, me.id, delivery.attendance).run(),
            scheduler.run(),
            SeenSubscriptions(store.event_holds, delivery.attendance).run(),
            _tend(store, settings),
        ):
            start(loop)
        try:
            yield Orchestrator(delivery, task_state, _namespace_ids(store), store.access_tokens, sources)
        finally:
            await scheduler.stop()


async def _tend(store: PostgresStore, settings: Settings) -> None:
    """Retention, once an hour; several orchestrators at once do no harm."""
    held = HeldEvents(store.event_holds)
    keep_s = settings.event_keep_days * 86_400
    while True:
        try:
            done = await store.retention.tend(settings.keep_days * 86_400, settings.dead_keep_days * 86_400)
            log.debug("retention: %s", done)
        except PenstockError as error:
            log.warning("retention did not run: %s", error)
        try:
            retired = await store.event_retention.tend(keep_s, await held.look(keep_s))
            log.debug("retention of events: %s", retired)
        except PenstockError as error:
            log.warning("retention of events did not run: %s", error)
        await asyncio.sleep(RETENTION_EVERY_S)


def _lambda_ids(store: PostgresStore) -> Callable[[str, Sequence[str]], Coroutine[Any, Any, dict[str, LambdaId]]]:
    async def look_up(namespace: str, names: Sequence[str]) -> dict[str, LambdaId]:
        records = await store.registry.resolve(await store.registry.namespace(namespace), names)
        return {name: record.id for name, record in records.items()}

    return look_up


def _namespace_ids(store: PostgresStore) -> Callable[[str], Coroutine[Any, Any, int | None]]:
    """Asked for once each: a number stays. To ask makes no namespace."""
    known: dict[str, int] = {}

    async def look_up(name: str) -> int | None:
        if name not in known:
            number = await store.registry.find_namespace(name)
            if number is None:
                return None
            known[name] = number
        return known[name]

    return look_up
