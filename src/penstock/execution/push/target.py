"""One address of an endpoint, as this push worker knows it: who may call it now, and how it has answered."""

from collections.abc import Iterable, Iterator
from typing import Final

from penstock.model.breaker import Breaker, BreakerState
from penstock.model.endpoint import EndpointSpec, Health
from penstock.model.pace import Pace
from penstock.model.throttle import Throttle

_PROBLEM_CHARS_MAX: Final = 500


class Target:
    """`now_s`: this host's monotonic clock. It outlives changes of the endpoint that name it again."""

    def __init__(self, url: str, spec: EndpointSpec, now_s: float) -> None:
        self.url = url
        self.breaker = Breaker()
        self.throttle = Throttle()
        self.in_flight = self.succeeded = self.failed = 0
        self.problem = ""
        self.since_s = now_s
        self.use(spec)

    def use(self, spec: EndpointSpec) -> None:
        """What its owner says now."""
        self._concurrency = spec.concurrency
        self._pace = Pace(spec.rate_per_s)
        self.gone = False

    def may_start(self, now_s: float) -> bool:
        """Whether a request may begin."""
        return self.room(now_s) > 0 and not self._pace.wait_s(now_s)

    def room(self, now_s: float) -> int:
        """How many more may be under way, its pace aside."""
        if self.gone:
            return 0
        free = self._concurrency - self.in_flight
        for limit in (self.breaker.room(self.in_flight, now_s), self.throttle.room(self.in_flight, now_s)):
            if limit is not None:
                free = min(free, limit)
        return max(0, free)

    def is_shut(self, now_s: float) -> bool:
        """Nothing but a probe may go: who waits for it waits where it costs nobody anything."""
        if self.gone:
            return True
        return any(
            limit is not None
            for limit in (self.breaker.room(self.in_flight, now_s), self.throttle.room(self.in_flight, now_s))
        )

    def pace_s(self, now_s: float) -> float:
        """How long its pace keeps the next one."""
        return self._pace.wait_s(now_s)

    def allowance(self, now_s: float) -> int | None:
        """How many claims are worth holding for it: what may be under way, and no more than its pace lets begin in a
        second. None: as many as are soon done.
        """
        if self.is_shut(now_s):
            return self.in_flight + self.room(now_s)
        return self._pace.per_second or None

    def begins(self, now_s: float) -> None:
        """A request; for who has asked `may_start`."""
        self._pace.start(now_s)
        self.in_flight += 1

    def ends(self) -> None:
        """Whatever became of it."""
        self.in_flight -= 1

    def went_well(self, now_s: float) -> None:
        """It did what it was asked to."""
        self.succeeded += 1
        self.is_alive(now_s)

    def is_alive(self, now_s: float) -> None:
        """It answered as one that is well does, if not as one would like."""
        self.breaker.succeeded(now_s)
        self.throttle.passed(now_s)

    def went_wrong(self, problem: str, *, ill: bool, now_s: float, chance: float) -> None:
        """`ill`: it is the endpoint that is not well."""
        self.failed += 1
        self.note(problem)
        if ill:
            self.breaker.failed(now_s, chance)
        else:
            self.is_alive(now_s)

    def note(self, problem: str) -> None:
        """What people are shown."""
        self.problem = problem[:_PROBLEM_CHARS_MAX]

    def health(self, now_s: float) -> tuple[Health, float, float]:
        """How it stands, since when, and when it is tried again (0: it is not left alone), on the monotonic clock."""
        self.breaker.look(now_s)
        if self.breaker.state is BreakerState.OPEN:
            return Health.OPEN, self.breaker.since_s, self.breaker.probe_at_s
        if self.breaker.state is BreakerState.HALF_OPEN:
            return Health.PROBED, self.breaker.since_s, 0.0
        if self.throttle.is_shut(now_s):
            return Health.THROTTLED, self.throttle.since_s, self.throttle.until_s
        return Health.WELL, max(self.since_s, self.breaker.since_s), 0.0


class Targets:
    """All addresses of one endpoint: work goes to those that are well, first to who has least to do."""

    def __init__(self) -> None:
        self._by_url: dict[str, Target] = {}

    def __iter__(self) -> Iterator[Target]:
        return iter(self._by_url.values())

    def use(self, urls: Iterable[str], spec: EndpointSpec, now_s: float) -> list[str]:
        """These are the addresses now; those that are none any more."""
        before = self._by_url
        self._by_url = {}
        for url in urls:
            target = self._by_url[url] = before.get(url) or Target(url, spec, now_s)
            target.use(spec)
        return [url for url in before if url not in self._by_url]

    def choose(self, now_s: float) -> Target | None:
        """Who takes the next one now; None: nobody."""
        able = [target for target in self._by_url.values() if target.may_start(now_s)]
        return min(able, key=lambda target: target.in_flight) if able else None

    def all_shut(self, now_s: float) -> bool:
        """Whether nobody takes more than a probe."""
        return all(target.is_shut(now_s) for target in self._by_url.values())

    def pace_s(self, now_s: float) -> float | None:
        """When somebody with room may begin, as far as the pace goes; None: nobody has room."""
        waits = [target.pace_s(now_s) for target in self._by_url.values() if target.room(now_s)]
        return min(waits) if waits else None

    def allowance(self, now_s: float) -> int | None:
        """How many claims are worth holding; None: as many as are soon done."""
        total = 0
        for target in self._by_url.values():
            allowed = target.allowance(now_s)
            if allowed is None:
                return None
            total += allowed
        return total
