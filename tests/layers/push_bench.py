"""A push worker on a virtual loop: endpoints in memory, an orchestrator of one's own, others as functions."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from penstock.adapters.memory import MemoryCluster, MemorySignals, MemoryStore, SignalBus
from penstock.adapters.memory.endpoints import MemoryEndpoints
from penstock.execution.push import Fleet, PushTuning
from penstock.model.endpoint import Endpoint, EndpointSpec, Health, TargetHealth
from penstock.model.endpoint_answer import Answer, NoAnswer
from penstock.ports.poster import Post
from penstock.ports.signals import Topic
from tests.layers.execution_fakes import FakeOrchestrators

Answers = Callable[[Post], Awaitable[Answer] | Answer]
SECRET = bytes(range(32))
URL = "https://a.example/hook"
OTHER_URL = "https://b.example/hook"
NAME = "mail.send"


class Asked(Struct):
    at_s: float
    post: Post
    status: int = 0

    @property
    def header(self) -> dict[str, str]:
        return dict(self.post.headers)


class FakePoster:
    """`answers` by URL; an answer may take its time, by the loop's clock."""

    def __init__(self) -> None:
        self.answers: dict[str, Answers] = {}
        self.asked: list[Asked] = []
        self.under_way: dict[str, int] = defaultdict(int)
        self.most: dict[str, int] = defaultdict(int)
        self.forgotten: list[str] = []

    async def post(self, post: Post) -> Answer:
        asked = Asked(asyncio.get_running_loop().time(), post)
        self.asked.append(asked)
        self.under_way[post.url] += 1
        self.most[post.url] = max(self.most[post.url], self.under_way[post.url])
        try:
            async with asyncio.timeout(post.timeout_s):
                answer = self.answers[post.url](post)
                if not isinstance(answer, Answer):
                    answer = await answer
        except TimeoutError:
            raise NoAnswer("no whole answer in time") from None
        finally:
            self.under_way[post.url] -= 1
        asked.status = answer.status
        return answer

    def forget(self, url: str) -> None:
        self.forgotten.append(url)

    def to(self, url: str) -> list[Asked]:
        return [each for each in self.asked if each.post.url == url]


def refuses(_post: Post) -> Answer:
    raise NoAnswer("cannot be reached: connection refused")


async def hangs(_post: Post) -> Answer:
    await asyncio.Event().wait()
    raise AssertionError


def says(status: int, body: bytes = b"", **fields: Any) -> Answers:
    return lambda _post: Answer(status, body=body, **fields)


class Bench:
    def __init__(self, fleet: Fleet, endpoints: MemoryEndpoints, home: FakeOrchestrators, poster: FakePoster) -> None:
        self.fleet, self.endpoints, self.home, self.poster = fleet, endpoints, home, poster
        self.store: MemoryStore
        self.signals: MemorySignals
        self.namespace_id = 0

    async def keep(self, spec: EndpointSpec, name: str = NAME) -> Endpoint:
        records = await self.store.registry.resolve(self.namespace_id, [name])
        kept = await self.endpoints.keep(records[name].id, spec, SECRET)
        self.tell()
        return kept

    async def endpoint(self, name: str = NAME) -> Endpoint:
        [kept] = await self.endpoints.of_namespace(self.namespace_id, name)
        return kept

    def tell(self) -> None:
        self.signals.send(Topic.ENDPOINTS, b"")

    async def until(self, condition: Callable[[], Any]) -> None:
        while not condition():
            await asyncio.sleep(0.01)

    async def health(self, health: Health, url: str = URL) -> TargetHealth:
        while True:
            for word in await self.endpoints.health(self.namespace_id, "", 3_600):
                if (word.url, word.health) == (url, health):
                    return word
            await asyncio.sleep(0.1)


@asynccontextmanager
async def push_bench(**tuning: Any) -> AsyncIterator[Bench]:
    cluster = MemoryCluster(now_us=lambda: int(asyncio.get_running_loop().time() * 1_000_000))
    store, signals = MemoryStore(cluster), MemorySignals(SignalBus())
    home, poster = FakeOrchestrators(), FakePoster()
    fleet = Fleet(
        "here/1",
        store.endpoints,
        signals,
        lambda _namespace: home,
        poster,
        PushTuning(**tuning),
        asyncio.get_running_loop().time,
        lambda: 0.5,
    )
    bench = Bench(fleet, store.endpoints, home, poster)
    bench.store, bench.signals = store, signals
    bench.namespace_id = await store.registry.namespace("default")
    run = asyncio.create_task(fleet.run())
    try:
        yield bench
    finally:
        fleet.stop()
        fleet.stop()
        await asyncio.wait_for(run, 120)
