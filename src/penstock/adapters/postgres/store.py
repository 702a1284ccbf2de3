"""PostgreSQL as the truth: one object that opens the pools and holds an adapter for each port."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import asyncpg

from penstock.adapters.postgres import pools
from penstock.adapters.postgres.access_tokens import PostgresAccessTokens
from penstock.adapters.postgres.admission import PostgresAdmission
from penstock.adapters.postgres.chains import PostgresChains
from penstock.adapters.postgres.clock import PostgresClock
from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.cursors import PostgresCursors
from penstock.adapters.postgres.dead_letters import PostgresDeadLetters
from penstock.adapters.postgres.deliveries import PostgresDeliveries
from penstock.adapters.postgres.delivery_room import Rooms
from penstock.adapters.postgres.due_work import PostgresDueWork
from penstock.adapters.postgres.endpoints import PostgresEndpoints
from penstock.adapters.postgres.event_holds import PostgresEventHolds
from penstock.adapters.postgres.event_retention import PostgresEventRetention
from penstock.adapters.postgres.filter_failures import PostgresFilterFailureCounts
from penstock.adapters.postgres.folder_source import PostgresFolderSource
from penstock.adapters.postgres.folder_state import PostgresFolderState
from penstock.adapters.postgres.gates import PostgresGates
from penstock.adapters.postgres.inspection import inspect
from penstock.adapters.postgres.journal import PostgresJournal
from penstock.adapters.postgres.journal_source import PostgresJournalSource
from penstock.adapters.postgres.lane_counts import PostgresLaneCounts
from penstock.adapters.postgres.low_water import LowWater
from penstock.adapters.postgres.membership import PostgresMembership
from penstock.adapters.postgres.partitions import make_partitions
from penstock.adapters.postgres.periodic_schedules import PostgresSchedules
from penstock.adapters.postgres.periodic_ticks import PostgresTicks
from penstock.adapters.postgres.quotas import PostgresQuotas
from penstock.adapters.postgres.refreshes import PostgresRefreshes
from penstock.adapters.postgres.registry import PostgresRegistry
from penstock.adapters.postgres.replays import PostgresReplays
from penstock.adapters.postgres.results import PostgresResults
from penstock.adapters.postgres.retention import PostgresRetention
from penstock.adapters.postgres.schemas import PostgresSchemas
from penstock.adapters.postgres.search import PostgresSearch
from penstock.adapters.postgres.selected_tasks import PostgresSelectedTasks
from penstock.adapters.postgres.streams import PostgresStreams
from penstock.adapters.postgres.subscriptions import PostgresSubscriptions
from penstock.adapters.postgres.sweeps import PostgresSweeps
from penstock.adapters.postgres.transitions import PostgresTransitions
from penstock.model.errors import InvalidInput
from penstock.model.event import StreamId

ENQUEUE_TIMEOUT_S: Final = 5.0
PREPARED_STATEMENTS: Final = 100
_log: Final = logging.getLogger(__name__)


class PostgresStore:
    """The store's adapters, one attribute for each port. Made by `connect`."""

    def __init__(
        self,
        admission: PostgresAdmission,
        due_work: PostgresDueWork,
        transitions: PostgresTransitions,
        results: PostgresResults,
        search: PostgresSearch,
        retention: PostgresRetention,
        registry: PostgresRegistry,
        membership: PostgresMembership,
        dead_letters: PostgresDeadLetters,
        sweeps: PostgresSweeps,
        clock: PostgresClock,
        schedules: PostgresSchedules,
        ticks: PostgresTicks,
        access_tokens: PostgresAccessTokens,
        gates: PostgresGates,
        lane_counts: PostgresLaneCounts,
        quotas: PostgresQuotas,
        selected_tasks: PostgresSelectedTasks,
        chains: PostgresChains,
        journal: PostgresJournal,
        streams: PostgresStreams,
        event_retention: PostgresEventRetention,
        subscriptions: PostgresSubscriptions,
        deliveries: PostgresDeliveries,
        journal_reads: pools.Pool,
        cursors: PostgresCursors,
        refreshes: PostgresRefreshes,
        folders: PostgresFolderState,
        replays: PostgresReplays,
        event_holds: PostgresEventHolds,
        schemas: PostgresSchemas,
        endpoints: PostgresEndpoints,
        filter_failures: PostgresFilterFailureCounts,
    ) -> None:
        self.admission, self.due_work, self.transitions = admission, due_work, transitions
        self.results, self.search, self.retention = results, search, retention
        self.registry, self.membership, self.clock = registry, membership, clock
        self.dead_letters, self.sweeps = dead_letters, sweeps
        self.schedules, self.ticks = schedules, ticks
        self.access_tokens = access_tokens
        self.gates = gates
        self.lane_counts = lane_counts
        self.quotas = quotas
        self.selected_tasks = selected_tasks
        self.chains = chains
        self.journal, self.streams, self.event_retention = journal, streams, event_retention
        self.subscriptions, self.deliveries = subscriptions, deliveries
        self.cursors, self.refreshes = cursors, refreshes
        self._journal_reads = journal_reads
        self.folders = folders
        self.replays = replays
        self.event_holds = event_holds
        self.schemas = schemas
        self.endpoints = endpoints
        self.filter_failures = filter_failures

    def folder_source(self, stream_id: StreamId) -> PostgresFolderSource:
        """What is known of a watched folder, as events."""
        return PostgresFolderSource(self._journal_reads, stream_id)

    def journal_source(self, stream_id: StreamId) -> PostgresJournalSource:
        """The native journal's events of one stream."""
        return PostgresJournalSource(self._journal_reads, stream_id)

    @staticmethod
    @asynccontextmanager
    async def connect(
        dsn: str,
        *,
        enqueue_timeout_s: float = ENQUEUE_TIMEOUT_S,
        prepared_statements: int = PREPARED_STATEMENTS,
    ) -> AsyncIterator["PostgresStore"]:
        """Open the store; close it at the end. `prepared_statements=0` suits a PgBouncer that shares sessions.

        Raises `InvalidInput` with every problem of a PostgreSQL that is not fit to be the truth (`inspect` tells
        the same), `Unavailable` when it does not answer.
        """
        problems = await inspect(dsn)
        if problems:
            raise InvalidInput("postgres_url", "; ".join(problems))
        monotonic = asyncio.get_running_loop().time
        async with AsyncExitStack() as stack:

            async def pool(role: pools.Role) -> pools.Pool:
                return await stack.enter_async_context(pools.open_pool(dsn, role, prepared_statements))

            due_marks = LowWater(monotonic)
            search, results = await pool(pools.SEARCH), await pool(pools.RESULTS)
            journal_reads = await pool(pools.JOURNAL_READS)
            upkeep, due_work = await pool(pools.UPKEEP), await pool(pools.DUE_WORK)
            store = PostgresStore(
                PostgresAdmission(await pool(pools.ADMISSION), LowWater(monotonic), enqueue_timeout_s),
                PostgresDueWork(due_work, due_marks, LowWater(monotonic)),
                PostgresTransitions(await pool(pools.TRANSITIONS), await pool(pools.SUCCESSES)),
                PostgresResults(results),
                PostgresSearch(search),
                PostgresRetention(upkeep),
                PostgresRegistry(upkeep),
                PostgresMembership(upkeep),
                PostgresDeadLetters(search),
                PostgresSweeps(upkeep),
                PostgresClock(upkeep),
                PostgresSchedules(upkeep),
                PostgresTicks(due_work),
                PostgresAccessTokens(await pool(pools.ACCESS)),
                PostgresGates(upkeep, due_work),
                PostgresLaneCounts(await pool(pools.COUNTS)),
                PostgresQuotas(upkeep, await pool(pools.QUOTAS)),
                PostgresSelectedTasks(search),
                PostgresChains(results, due_work, search),
                PostgresJournal(await pool(pools.JOURNAL), journal_reads),
                PostgresStreams(upkeep, search),
                PostgresEventRetention(upkeep),
                PostgresSubscriptions(upkeep),
                PostgresDeliveries(
                    await pool(pools.DELIVERIES), await pool(pools.RAISES), LowWater(monotonic), enqueue_timeout_s
                ),
                journal_reads,
                PostgresCursors(
                    refresh := await pool(pools.REFRESH), Rooms(LowWater(monotonic), microseconds(enqueue_timeout_s))
                ),
                PostgresRefreshes(refresh, await pool(pools.REFRESH_STEPS)),
                PostgresFolderState(upkeep),
                PostgresReplays(refresh),
                PostgresEventHolds(upkeep, Rooms(LowWater(monotonic), microseconds(enqueue_timeout_s))),
                PostgresSchemas(await pool(pools.SCHEMAS)),
                PostgresEndpoints(upkeep),
                PostgresFilterFailureCounts(upkeep),
            )
            await store.clock.compare()
            await _make_today(upkeep)
            yield store


async def _make_today(upkeep: pools.Pool) -> None:
    """Nothing fails without today's partitions: rows would go to the default ones until retention makes them."""
    try:
        async with upkeep.connection() as connection:
            await make_partitions(connection)
    except (asyncpg.PostgresError, OSError) as error:
        _log.warning("could not make the partitions of the days ahead: %s", error)
