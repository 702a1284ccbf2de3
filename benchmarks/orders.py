"""What clients are told and what they report: one pair for each kind of client in `benchmarks.clients`."""

from msgspec import Struct

from benchmarks.shapes import Shape


class InFlight(Struct, frozen=True, tag="in_flight"):
    """As many as have been executed, and so many more: the platform is in a steady state."""

    tasks: int

    def allowed(self, executed: int) -> int:
        return executed + self.tasks


class Total(Struct, frozen=True, tag="total"):
    """So many and no more, as fast as they are taken."""

    tasks: int

    def allowed(self, executed: int) -> int:
        return self.tasks


class Factor(Struct, frozen=True, tag="factor"):
    """So many times what is executed meanwhile: the platform falls behind at that rate."""

    times: float
    lead: int
    """tasks that are sent before the first was executed"""

    def allowed(self, executed: int) -> int:
        return int(executed * self.times) + self.lead


class Bulk(Struct, frozen=True):
    """`calls_each` of a `schedule_many`, `senders` of which are under way at the same time."""

    pace: InFlight | Total | Factor
    task: str = "noop"
    first: int = 0
    """the number of the first task"""
    senders: int = 4
    calls_each: int = 500
    delay_s: float = 0.0
    collection: str = ""


class Single(Struct, frozen=True):
    """So many callers, each of whom awaits its answer before it calls again."""

    callers: int


class Publish(Struct, frozen=True):
    """Events about so many subjects: `events_each` of a `publish_many`, or of a `publish` when it is 1."""

    senders: int
    events_each: int
    subjects: int


class DoorBatches(Struct, frozen=True):
    """`events_each` events a call to `stream`, by `door`: `grpc` or `http`. Ids begin with `run`. Reports `Sent`."""

    door: str
    stream: str
    run: str
    senders: int
    events_each: int
    subjects: int


class EventStream(Struct, frozen=True):
    """Events of a shape to two subscriptions, the slower of which is `in_flight` events behind. Reports `Sent`."""

    shape: Shape
    senders: int = 4
    events_each: int = 500
    in_flight: int = 10_000


class EventCalls(Struct, frozen=True):
    """Single events about so many subjects, each as often as another, at a steady rate. Reports `Called`."""

    events: int
    per_s: float
    subjects: int
    first: int = 0


class EventTicks(Struct, frozen=True):
    """The same in small batches, until told to stop. Reports `Called`."""

    events: int
    per_s: float
    subjects: int
    first: int = 0
    has_hot: bool = False
    """one more subject gets as many as all others together"""


class Sequence(Struct, frozen=True):
    """Delayed tasks, one single call after the other."""

    tasks: int
    delay_s: float
    first: int = 0


class Sent(Struct, frozen=True):
    """The report of these four. Times in seconds since 1970."""

    tasks: int
    started_at_s: float
    ended_at_s: float

    @property
    def per_s(self) -> float:
        return self.tasks / (self.ended_at_s - self.started_at_s)


class OpenLoop(Struct, frozen=True):
    """Single calls at a steady rate."""

    tasks: int
    per_s: float
    first: int = 0


class Called(Struct, frozen=True):
    """The report of an open loop."""

    called_at_ns: list[int]
    """CLOCK_MONOTONIC just before each call"""
    answered_after_ms: list[float]
    """how long each call took to be acknowledged"""
    behind_ms_max: float
    """how late a call was made, at worst, against the rate"""


class FirstTask(Struct, frozen=True):
    """One task on a platform that is yet to come."""

    address_file: str
    """what `penstock dev` writes when it serves"""


class Ended(Struct, frozen=True):
    """The report of a first task. Times of CLOCK_MONOTONIC."""

    found_at_ns: int
    stored_at_ns: int
    ended_at_ns: int


class Quiet(Struct, frozen=True):
    """Tasks of the quiet lambdas at a steady rate. Reports `Called`."""

    tasks: int
    per_s: float
    first: int = 0
    one_lambda: bool = False
    """all of one lambda, at high priority"""


class Loud(Struct, frozen=True):
    """A flood at a rate, until told to stop. Reports `Sent`."""

    per_s: float
    sleep_s: float = 0.0
    fails: bool = False
    low_of_first_quiet: bool = False
    """of the first quiet lambda at low priority, in place of the loud one"""
    cell: int = 0
    """the number that its tasks have then"""


class Storm(Struct, frozen=True):
    """Schedule requests, by so many callers, or at a rate, each tried so often."""

    tasks_each: int
    callers: int = 0
    calls_per_s: float = 0.0
    tries: int = 1


class Stormed(Struct):
    """What became of the calls of a storm while it lasted."""

    accepted: int = 0
    refused: int = 0
    dropped: int = 0
    """of those refused: unread, by the server's transport"""
    failed: int = 0
    failures: dict[str, str] = {}
    """status -> what the last one said"""
    accepted_after_ms: list[float] = []
    refused_after_ms: list[float] = []
    lasted_s: float = 0.0


class Receiver(Struct, frozen=True):
    """Receives pushed tasks until it is told to stop. Reports `Received`."""

    port: int
    hang_s: float


class Received(Struct, frozen=True):
    """What arrived, in order; of what hangs nothing is counted."""

    took_ms: list[float]
    """since the call that scheduled it"""
    arrived_s: list[float]


class Pushed(Struct, frozen=True):
    """So many tasks, `each` a call, for lambdas in turn, at a rate (0: at once). Reports `Sent`."""

    names: list[str]
    tasks: int
    each: int
    per_s: float


class Posted(Struct, frozen=True):
    """Requests by httpx until it is told to stop. Reports `Sent`."""

    url: str
    under_way: int
