"""Why a task, or a lane, is not running; and what stands in every lane."""

from collections.abc import Collection

from penstock.frontend.explain_calls import LaneExplained, LanePage, LaneSeen, TaskExplained
from penstock.frontend.lambda_book import LambdaBook
from penstock.model.endpoint_words import NOBODY_TAKES, at_endpoint
from penstock.model.errors import InvalidInput, LimitExceeded, NotFound
from penstock.model.explanation import Explanation, TaskFacts, explain, strictest
from penstock.model.family import NO_FAMILY, FamilyCounts
from penstock.model.gate import Gate
from penstock.model.identity import TaskId, text_of
from penstock.model.lane import Priority, lambda_of, lane_of, priority_of
from penstock.model.lane_count import LaneCount
from penstock.model.lane_explanation import LaneFacts, explain_lane
from penstock.model.lifecycle import HELD_FOR_PARENTS, LIVE, OWNED, waits_for_time
from penstock.model.limits import LANE_COUNT_MAX, LANES_PAGE_MAX, LIST_PAGE_DEFAULT
from penstock.model.names import check_lambda_name
from penstock.model.policy import DEFAULT_POLICY
from penstock.model.quota import Quota, short_of
from penstock.model.task import TaskView
from penstock.ports.attendance import Attendances, Drains
from penstock.ports.chains import Chains
from penstock.ports.clock import StoreClock
from penstock.ports.endpoints import HEALTH_WITHIN_S, Endpoints
from penstock.ports.gates import Gates
from penstock.ports.lane_counts import LaneCounts
from penstock.ports.periodic import Schedules
from penstock.ports.quotas import Quotas
from penstock.ports.registry import Registry
from penstock.ports.search import Search


class ExplainDesk:
    """Looks one after the other, so what it answers is true of a moment ago. `lease_s`: as orchestrators have it."""

    def __init__(
        self,
        search: Search,
        counts: LaneCounts,
        gates: Gates,
        schedules: Schedules,
        registry: Registry,
        book: LambdaBook,
        clock: StoreClock,
        attendances: Attendances,
        drains: Drains,
        lease_s: float,
        quotas: Quotas,
        chains: Chains,
        endpoints: Endpoints,
    ) -> None:
        self._search = search
        self._counts = counts
        self._gates = gates
        self._schedules = schedules
        self._registry = registry
        self._book = book
        self._clock = clock
        self._attendances = attendances
        self._drains = drains
        self._lease_s = lease_s
        self._quotas = quotas
        self._chains = chains
        self._endpoints = endpoints

    async def task(self, namespace: str, task_id: TaskId) -> TaskExplained:
        """Raises `NotFound`, `Unavailable`."""
        namespace_id = await self._book.known_namespace_id(namespace)
        view = await self._search.task(namespace_id, task_id, False, True)
        if view is None:
            raise NotFound(f"no task {text_of(task_id)} in this namespace")
        record = (await self._registry.find(namespace_id, [view.lambda_name])).get(view.lambda_name)
        facts = TaskFacts(
            view=view,
            now_us=self._clock.now_us(),
            policy=record.policy if record else DEFAULT_POLICY,
            registered=record is not None and record.registered,
            gate=await self._gate(namespace_id, view),
            attendance=self._attendances.of(view.lambda_id),
            older=await self._older(view),
            drain_per_s=self._drains.drain_per_s(lane_of(view.lambda_id, view.priority)),
            lease_us=round(self._lease_s * 1_000_000),
            periodic=await self._schedules.made(task_id),
            short_of=await self._short_of(namespace_id, view.lambda_name, {view.priority}),
            family=await self._family(namespace_id, view),
        )
        answer = await self._at_endpoint(namespace_id, view.lambda_name, explain(facts))
        return TaskExplained(answer, facts)

    async def lane(self, namespace: str, lambda_name: str, priority: int = 0) -> LaneExplained:
        """One lane of a lambda, or with priority 0 all three; raises `InvalidInput`, `NotFound`, `Unavailable`."""
        check_lambda_name(lambda_name)
        wanted = _priorities(priority)
        namespace_id = await self._book.known_namespace_id(namespace)
        seen = await self._counts.lanes(namespace_id, lambda_name, "", 1, self._lease_s)
        lanes = [self._seen(count) for count in seen.lanes if priority_of(count.lane) in wanted]
        if not lanes:
            raise NotFound(
                f"no lambda {lambda_name} in this namespace: no worker has registered it and no task names it"
            )
        gates = await self._gates.standing(namespace_id, lambda_name)
        facts = LaneFacts(
            lambda_name=lambda_name,
            registered=lanes[0].count.registered,
            lanes=[each.count for each in lanes],
            gates=gates,
            attendance=lanes[0].attendance,
            drain_per_s=sum(each.drain_per_s for each in lanes),
            now_us=seen.now_us,
            short_of=await self._short_of(namespace_id, lambda_name, wanted),
        )
        answer = await self._at_endpoint(namespace_id, lambda_name, explain_lane(facts))
        return LaneExplained(answer, lanes, gates, seen.now_us, seen.whole)

    async def lanes(self, namespace: str, lambda_name: str = "", after: str = "", limit: int = 0) -> LanePage:
        """Of `limit` lambdas (0: the default) by rising name, beginning after `after`; raises `InvalidInput`,
        `Unavailable`. A lane in which nothing stands is left out.
        """
        for field, name in (("lambda", lambda_name), ("after_lambda", after)):
            if name:
                check_lambda_name(name, field)
        if not 0 <= limit <= LANES_PAGE_MAX:
            raise LimitExceeded("limit", f"{limit} is outside of 1 to {LANES_PAGE_MAX}")
        limit = limit or LIST_PAGE_DEFAULT
        namespace_id = await self._book.known_namespace_id(namespace)
        seen = await self._counts.lanes(namespace_id, lambda_name, after, limit, self._lease_s)
        names = list(dict.fromkeys(count.lambda_name for count in seen.lanes))
        more = names[-1] if len(names) == limit and not lambda_name else ""
        lanes = [self._seen(count) for count in seen.lanes if not count.is_empty]
        return LanePage(lanes, more, seen.now_us, seen.whole)

    async def _at_endpoint(self, namespace_id: int, lambda_name: str, answer: Explanation) -> Explanation:
        """Asked for only where it may be the reason."""
        if answer.code not in NOBODY_TAKES:
            return answer
        endpoints = await self._endpoints.of_namespace(namespace_id, lambda_name)
        if not endpoints:
            return answer
        told = await self._endpoints.health(namespace_id, lambda_name, HEALTH_WITHIN_S)
        return at_endpoint(answer, endpoints[0], told, self._clock.now_us())

    async def _short_of(self, namespace_id: int, lambda_name: str, wanted: Collection[Priority]) -> Quota | None:
        return short_of(await self._quotas.standing(namespace_id, lambda_name), wanted, self._clock.now_us())

    def _seen(self, count: LaneCount) -> LaneSeen:
        return LaneSeen(count, self._attendances.of(lambda_of(count.lane)), self._drains.drain_per_s(count.lane))

    async def _gate(self, namespace_id: int, view: TaskView) -> Gate | None:
        if view.status not in LIVE - OWNED:
            return None
        return strictest(await self._gates.standing(namespace_id, view.lambda_name), view.collection)

    async def _family(self, namespace_id: int, view: TaskView) -> FamilyCounts:
        """Asked for only where it is the answer."""
        if view.trigger is None or view.trigger.held_for != HELD_FOR_PARENTS:
            return NO_FAMILY
        return await self._chains.counts(namespace_id, view.id)

    async def _older(self, view: TaskView) -> int:
        """Of what is not in the store's order there is nothing older."""
        row = view.trigger
        if row is None or not waits_for_time(row.status) or row.trigger_at_us > self._clock.now_us():
            return 0
        return await self._counts.older_due(row.lane, row.trigger_at_us, LANE_COUNT_MAX)


def _priorities(number: int) -> frozenset[Priority]:
    if not number:
        return frozenset(Priority)
    try:
        return frozenset({Priority(number)})
    except ValueError:
        raise InvalidInput("priority", f"{number} is none; use high, normal or low") from None
