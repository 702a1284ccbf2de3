"""What goes wrong at this moment: numbers that faults raise and lower, and the places where they are felt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from penstock.model.lane import LaneId
from penstock.model.task import Reference
from penstock.ports.pings import Ping
from penstock.ports.signals import Topic
from penstock.testing.world.chance import Chance
from penstock.testing.world.chronicle import Chronicle

LATE_S = 3.0


@dataclass(slots=True)
class Weather:
    """Shares are 0 to 1. All 0 is fair weather, in which everything still takes a little time."""

    lane_messages_lost: float = 0.0
    lane_messages_doubled: float = 0.0
    lane_messages_late: float = 0.0
    lane_acks_lost: float = 0.0
    signals_lost: float = 0.0
    signals_doubled: float = 0.0
    signals_late: float = 0.0
    pings_lost: float = 0.0
    pings_doubled: float = 0.0
    pings_late: float = 0.0
    pings_absurd: float = 0.0
    """their sequences are anything"""
    store_fails_before: float = 0.0
    store_fails_after: float = 0.0
    store_commits_later: float = 0.0
    """the caller is told of a failure, and then it is committed"""
    store_slow: float = 0.0
    calls_lost: float = 0.0
    answers_lost: float = 0.0
    calls_slow: float = 0.0
    heartbeats_lost: set[str] = field(default_factory=set)
    """of these executors"""
    cut_off: set[str] = field(default_factory=set)
    """hosts that nobody reaches and that reach nobody"""
    at_next_trip: dict[str, list[tuple[str, Callable[[str], None]]]] = field(default_factory=dict)
    """operation -> what happens at the store's next call of it: ("before" | "after", what)"""

    def clear(self) -> None:
        """Fair weather."""
        fair = Weather()
        for name in self.__slots__:
            setattr(self, name, getattr(fair, name))


class LaneWeather:
    """`BusFaults` as the weather is."""

    def __init__(self, weather: Weather, chance: Chance, chronicle: Chronicle) -> None:
        self._weather, self._chronicle = weather, chronicle
        self._random = chance.stream("lanes")

    def arrivals(self, lane: LaneId, references: Sequence[Reference]) -> Sequence[float]:
        weather, draw = self._weather, self._random.random()
        delay_s = 0.0002 + 0.002 * self._random.random()
        if draw < weather.lane_messages_lost:
            self._felt("lane message lost", lane, references)
            return ()
        if draw < weather.lane_messages_lost + weather.lane_messages_doubled:
            self._felt("lane message doubled", lane, references)
            return (delay_s, delay_s + LATE_S * self._random.random())
        if draw < weather.lane_messages_lost + weather.lane_messages_doubled + weather.lane_messages_late:
            self._felt("lane message late", lane, references)
            return (delay_s + LATE_S * 2 * self._random.random(),)
        return (delay_s,)

    def loses_ack(self, lane: LaneId) -> bool:
        lost = self._random.random() < self._weather.lane_acks_lost
        if lost:
            self._chronicle.took_effect("lane acknowledgement lost", "queue", detail=lane)
        return lost

    def _felt(self, fault: str, lane: LaneId, references: Sequence[Reference]) -> None:
        self._chronicle.took_effect(fault, "queue", references[0].id if references else None, (lane, len(references)))


class SignalWeather:
    """`SignalFaults` as the weather is."""

    def __init__(self, weather: Weather, chance: Chance, chronicle: Chronicle) -> None:
        self._weather, self._chronicle = weather, chronicle
        self._random = chance.stream("signals")

    def arrivals(self, topic: Topic, _body: bytes) -> Sequence[float]:
        weather, draw = self._weather, self._random.random()
        delay_s = max(0.0, 0.004 * (draw - 0.75))
        if draw < weather.signals_lost:
            self._chronicle.took_effect("signal lost", "signals", detail=topic)
            return ()
        if draw < weather.signals_lost + weather.signals_doubled:
            self._chronicle.took_effect("signal doubled", "signals", detail=topic)
            return (delay_s, delay_s + LATE_S * self._random.random())
        if draw < weather.signals_lost + weather.signals_doubled + weather.signals_late:
            self._chronicle.took_effect("signal late", "signals", detail=topic)
            return (delay_s + LATE_S * self._random.random(),)
        return (delay_s,)


class PingWeather:
    """`PingFaults` as the weather is."""

    def __init__(self, weather: Weather, chance: Chance, chronicle: Chronicle) -> None:
        self._weather, self._chronicle = weather, chronicle
        self._random = chance.stream("pings")

    def arrivals(self, pings: Sequence[Ping]) -> Sequence[tuple[float, Sequence[Ping]]]:
        weather, random = self._weather, self._random
        draw, delay_s = random.random(), 0.0002 + 0.002 * random.random()
        if draw < (share := weather.pings_lost):
            self._felt("pings lost", pings)
            return ()
        if draw < (share := share + weather.pings_doubled):
            self._felt("pings doubled", pings)
            return ((delay_s, pings), (delay_s + LATE_S * random.random(), pings))
        if draw < (share := share + weather.pings_late):
            self._felt("pings late", pings)
            return ((delay_s + 2 * LATE_S * random.random(), pings),)
        if draw < share + weather.pings_absurd:
            self._felt("pings absurd", pings)
            return ((delay_s, [Ping(each.stream_id, each.subject, self._absurd(each)) for each in pings]),)
        return ((delay_s, pings),)

    def loses_ack(self) -> bool:
        lost = self._random.random() < self._weather.lane_acks_lost
        if lost:
            self._chronicle.took_effect("ping acknowledgement lost", "pings")
        return lost

    def _absurd(self, ping: Ping) -> int:
        """Far ahead, a little ahead, behind, or nothing that a sequence could be."""
        return self._random.choice((10**18, ping.sequence + 3, ping.sequence - 2, 0, -7))

    def _felt(self, fault: str, pings: Sequence[Ping]) -> None:
        self._chronicle.took_effect(fault, "pings", detail=len(pings))
