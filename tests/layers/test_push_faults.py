"""Endpoints that refuse, hang, drip, redirect, answer garbage, throttle, go and come back: nothing is lost, `done` is
what some attempt answered 2xx to, and the events of a subject stay in order. Many seeds, virtual time.
"""

import asyncio
from collections import defaultdict
from random import Random

import pytest
from msgspec import Struct

from penstock.execution.push.target import Target
from penstock.model.endpoint import EndpointSpec
from penstock.model.endpoint_answer import Answer, NoAnswer
from penstock.model.event import Event as StreamEvent
from penstock.model.lifecycle import Event
from penstock.model.policy import LambdaPolicy
from penstock.model.subscription import SubscriptionSpec
from penstock.ports.poster import Post
from penstock.testing.virtual_loop import run_virtual
from tests.layers import execution_fakes
from tests.layers.execution_fakes import Task
from tests.layers.push_bench import OTHER_URL, URL, Bench, push_bench

SUBJECTS, EVENTS, TASKS = 6, 8, 40
LAMBDAS = ("hook.tasks", "hook.events")
TROUBLE_S = 400.0


class Taken(Struct):
    name: str
    subject: str
    sequence: str
    status: int
    webhook_id: str
    timestamp: str
    signature: str


class Faulty:
    """An endpoint that is of a mood for a while. It handles what it answers 2xx to, and at times what it does not."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.taken: list[Taken] = []
        self.mood = "well"
        self.well_from_s = TROUBLE_S

    async def answer(self, post: Post) -> Answer:
        answer = await self._answer()
        headers = dict(post.headers)
        self.taken.append(
            Taken(
                headers["ce-type"],
                headers.get("ce-subject", ""),
                headers.get("ce-sequence", headers["ce-id"]),
                answer.status,
                headers["webhook-id"],
                headers["webhook-timestamp"],
                headers["webhook-signature"],
            )
        )
        return answer

    async def _answer(self) -> Answer:
        now_s = asyncio.get_running_loop().time()
        if now_s < self.well_from_s and self.random.random() < 0.1:
            moods = [
                "well",
                "well",
                "refuses",
                "hangs",
                "redirects",
                "garbage",
                "gone",
                "later",
                "slow",
                "broken",
                "accepts",
                "odd",
            ]
            self.mood = self.random.choice(moods)
        mood = "well" if now_s >= self.well_from_s else self.mood
        await asyncio.sleep(self.random.random() * (20 if mood == "slow" else 0.2))
        if mood in {"refuses", "garbage"}:
            raise NoAnswer(mood)
        if mood == "hangs":
            await asyncio.sleep(3_600)
        status = {"redirects": 307, "gone": 410, "broken": 500, "accepts": 202, "odd": 418}.get(mood, 200)
        if mood == "later":
            return Answer(self.random.choice((429, 502, 503, 504)), retry_after=self.random.choice(("", "7", "x")))
        return Answer(status)


def numbered(subject: str, sequence: int) -> StreamEvent:
    return StreamEvent("files", subject, sequence, 1, "/s", f"{subject}/{sequence}", "a.b", 1, "text/plain", b"", {})


async def in_order(bench: Bench, subject: str) -> list[Task]:
    """What a subscription does: the next event of a subject once the one before it is done."""
    tasks = []
    for sequence in range(1, EVENTS + 1):
        task = bench.home.deliver(LAMBDAS[1], numbered(subject, sequence), subject=subject)
        while not task.ended_as:
            await asyncio.sleep(0.5)
        tasks.append(task)
    return tasks


async def an_operator_enables_what_was_disabled(bench: Bench) -> None:
    while True:
        await asyncio.sleep(20)
        for endpoint in await bench.endpoints.all():
            if not endpoint.enabled or endpoint.gone:
                await bench.endpoints.enable(endpoint.lambda_id)
                bench.tell()


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_and_order_holds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution_fakes, "POLICY", LambdaPolicy(attempts_max=10_000, backoff_base_s=0))

    async def run() -> None:
        random = Random(seed)
        async with push_bench() as bench:
            one, other = Faulty(random), Faulty(random)
            bench.poster.answers |= {URL: one.answer, OTHER_URL: other.answer}
            spec = EndpointSpec((URL, OTHER_URL), concurrency=3, timeout_s=10.0)
            await bench.keep(spec, LAMBDAS[0])
            events = EndpointSpec((URL,), concurrency=3, subscription=SubscriptionSpec("files", batch_max=1))
            await bench.keep(events, LAMBDAS[1])
            helping = asyncio.create_task(an_operator_enables_what_was_disabled(bench))
            tasks = []
            subjects = [asyncio.create_task(in_order(bench, f"s{number}")) for number in range(SUBJECTS)]
            for _ in range(TASKS):
                await asyncio.sleep(random.random() * 10)
                tasks.append(bench.home.schedule(LAMBDAS[0]))
            async with asyncio.timeout(20_000):
                while not all(task.ended_as for task in tasks):
                    await asyncio.sleep(1)
                delivered = [task for part in await asyncio.gather(*subjects) for task in part]
            helping.cancel()
            check_all([*tasks, *delivered], [*one.taken, *other.taken])
            check_order(one.taken)

    run_virtual(run(), seed)


def check_all(tasks: list[Task], taken: list[Taken]) -> None:
    """E9: done is what some attempt answered 2xx to; and the attempts of one task are signed as the standard says."""
    assert all(task.reports[-1].ending is Event.SUCCEEDED for task in tasks)
    done = [each for each in taken if each.status == 200]
    assert len({each.webhook_id for each in done}) == len(tasks)
    assert len(done) == len(tasks), "nothing was reported as failed that had been answered 200"
    by_id = defaultdict(list)
    for each in taken:
        by_id[each.webhook_id].append(each)
    for attempts in by_id.values():
        assert len({attempt.sequence for attempt in attempts}) == 1
        stamps = {(attempt.timestamp, attempt.signature) for attempt in attempts}
        assert len(stamps) == len({attempt.timestamp for attempt in attempts})


def check_order(taken: list[Taken]) -> None:
    seen: dict[str, int] = defaultdict(int)
    for each in taken:
        if each.name != "a.b":
            continue
        assert int(each.sequence) in {seen[each.subject], seen[each.subject] + 1}
        if each.status == 200:
            assert int(each.sequence) == seen[each.subject] + 1
            seen[each.subject] = int(each.sequence)
        else:
            assert int(each.sequence) == seen[each.subject] + 1
    assert set(seen.values()) == {EVENTS}


def test_a_target_is_never_given_more_than_its_concurrency() -> None:
    """The limits of breaker, throttle and concurrency, whatever comes in whichever order."""
    for seed in range(200):
        random, now_s = Random(seed), 0.0
        target = Target(URL, EndpointSpec((URL,), concurrency=4, rate_per_s=random.choice((0.0, 2.0))), now_s)
        for _ in range(200):
            now_s += random.choice((0.0, 0.1, 3.0, 30.0))
            if target.may_start(now_s):
                probing = target.is_shut(now_s)
                target.begins(now_s)
                assert target.in_flight <= (1 if probing else 4)
            elif target.in_flight:
                target.ends()
                end = random.choice(("well", "ill", "later", "odd"))
                if end == "well":
                    target.went_well(now_s)
                elif end == "later":
                    target.throttle.hit(random.choice((None, 5.0)), now_s, random.random())
                else:
                    target.went_wrong(end, ill=end == "ill", now_s=now_s, chance=random.random())
