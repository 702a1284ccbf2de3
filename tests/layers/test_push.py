"""Endpoints in place of executors: what is sent, what answers do, and who waits for whom."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import pytest
from msgspec import structs

from penstock.model.breaker import FAILURES_TO_OPEN, OPEN_FIRST_S
from penstock.model.endpoint import AnswerPolicy, EndpointSpec, Health
from penstock.model.endpoint_answer import Answer
from penstock.model.event import Event as StreamEvent
from penstock.model.lifecycle import Event
from penstock.model.limits import RESULT_BYTES_MAX
from penstock.model.subscription import SubscriptionSpec
from penstock.ports.poster import Post
from penstock.testing.virtual_loop import run_virtual
from tests.layers.push_bench import NAME, OTHER_URL, SECRET, URL, Bench, hangs, push_bench, refuses, says

SPEC = EndpointSpec(urls=(URL,))


def on_a_bench(body: Callable[[Bench], Awaitable[None]]) -> Callable[[], None]:
    def test() -> None:
        async def run() -> None:
            async with push_bench() as bench:
                await body(bench)

        run_virtual(run())

    test.__name__ = body.__name__
    return test


def event(sequence: int) -> StreamEvent:
    return StreamEvent(
        "files", "a.txt", sequence, 1, "/streams/files", f"e{sequence}", "a.b", 1, "application/json", b"1", {}
    )


@on_a_bench
async def test_a_task_is_a_signed_request_and_its_answer_the_result(bench: Bench) -> None:
    await bench.keep(structs.replace(SPEC, headers=(("Authorization", "Bearer x"),)))
    bench.poster.answers[URL] = says(200, b'{"ok": true}', content_type="application/json; charset=utf-8")
    task = bench.home.schedule(NAME, {"to": "ada"})
    await bench.home.ended(task)
    [report] = task.reports
    assert (report.ending, report.result) == (Event.SUCCEEDED, b'{"ok": true}')
    [asked] = bench.poster.asked
    assert asked.header["Authorization"] == "Bearer x"
    assert asked.header["ce-type"] == "penstock.task"
    assert asked.header["webhook-signature"].startswith("v1,")
    assert asked.post.body == b'{"to":"ada"}'


@pytest.mark.parametrize(
    ("answer", "result", "left_out"),
    [
        (Answer(204), b"null", False),
        (Answer(201, "application/json", body=b"1"), b"null", False),
        (Answer(200, "text/plain", body="grüß".encode()), '"grüß"'.encode(), False),
        (Answer(200, "text/plain", body=b"\xff"), b"null", False),
        (Answer(200, "application/json", body=b"{broken"), b"null", False),
        (Answer(200, "image/png", body=b"\x89"), b"null", False),
        (Answer(200, "application/json", body=b"1" * (RESULT_BYTES_MAX + 1), cut=True), b"", True),
    ],
)
def test_what_a_success_says_is_kept_as_json_or_not_at_all(answer: Answer, result: bytes, left_out: bool) -> None:
    async def body() -> None:
        async with push_bench() as bench:
            await bench.keep(SPEC)
            bench.poster.answers[URL] = lambda _post: answer
            task = bench.home.schedule(NAME)
            await bench.home.ended(task)
            assert (task.reports[0].ending, task.reports[0].result) == (Event.SUCCEEDED, result)
            assert task.reports[0].result_left_out == left_out

    run_virtual(body())


@on_a_bench
async def test_attempts_share_their_id_and_have_signatures_of_their_own(bench: Bench) -> None:
    await bench.keep(SPEC)
    answers = iter((500, 404, 302, 200))

    async def slow(_post: Post) -> Answer:
        await asyncio.sleep(1.5)
        return Answer(next(answers))

    bench.poster.answers[URL] = slow
    task = bench.home.schedule(NAME)
    await bench.home.ended(task)
    assert bench.home.endings(task) == [Event.FAILED_RETRIABLY] * 3 + [Event.SUCCEEDED]
    assert [report.failure.message for report in task.reports[:2]] == [
        f"{URL}: answered 500",
        f"{URL}: answered 404",
    ]
    assert "redirect" in task.reports[2].failure.message
    assert len({each.header["webhook-id"] for each in bench.poster.asked}) == 1
    assert len({each.header["webhook-timestamp"] for each in bench.poster.asked}) == 4
    assert len({each.header["webhook-signature"] for each in bench.poster.asked}) == 4


@on_a_bench
async def test_two_secrets_sign_during_a_rotation(bench: Bench) -> None:
    kept = await bench.keep(SPEC)
    await bench.endpoints.rotate(kept.lambda_id, bytes(24), 3_600)
    bench.tell()
    bench.poster.answers[URL] = says(200)
    await bench.until(lambda: [each.secrets for each in bench.fleet.serves] == [(bytes(24), SECRET)])
    task = bench.home.schedule(NAME)
    await bench.home.ended(task)
    assert bench.poster.asked[-1].header["webhook-signature"].count("v1,") == 2


@on_a_bench
async def test_a_client_error_is_fatal_where_its_owner_says_so(bench: Bench) -> None:
    await bench.keep(structs.replace(SPEC, answers=AnswerPolicy(client_errors_are_fatal=True)))
    bench.poster.answers[URL] = says(422, b"no such field:\n amount")
    task = bench.home.schedule(NAME)
    await bench.home.ended(task)
    assert bench.home.endings(task) == [Event.FAILED_FATALLY]
    assert task.reports[0].failure.message == f"{URL}: answered 422: no such field: amount"


@on_a_bench
async def test_what_is_accepted_is_unknown_until_its_deadline(bench: Bench) -> None:
    await bench.keep(structs.replace(SPEC, answers=AnswerPolicy(unknown_s=40.0)))
    statuses = iter((202, 200))
    bench.poster.answers[URL] = lambda _post: Answer(next(statuses))
    task = bench.home.schedule(NAME)
    await bench.home.ended(task)
    assert bench.home.endings(task) == [Event.FAILED_RETRIABLY, Event.SUCCEEDED]
    first, second = bench.poster.asked
    assert 40.0 <= second.at_s - first.at_s < 42.0
    assert "202" in task.reports[0].failure.message


@on_a_bench
async def test_an_address_that_is_gone_disables_its_endpoint_and_harms_no_task(bench: Bench) -> None:
    await bench.keep(SPEC)
    bench.poster.answers[URL] = says(410)
    tasks = [bench.home.schedule(NAME) for _ in range(3)]
    await bench.until(lambda: not bench.fleet.serves and bench.poster.asked)
    while (await bench.endpoint()).enabled:
        await asyncio.sleep(0.1)
    kept = await bench.endpoint()
    assert kept.disabled_because == f"{URL} answered 410"
    asked = len(bench.poster.asked)
    assert asked <= 3
    await asyncio.sleep(60)
    assert len(bench.poster.asked) == asked
    assert all(set(bench.home.endings(task)) <= {Event.RELEASE} for task in tasks)
    assert all(task.row.attempts == 0 for task in tasks)
    bench.poster.answers[URL] = says(200)
    await bench.endpoints.enable(kept.lambda_id)
    bench.tell()
    await bench.home.ended(*tasks)


@on_a_bench
async def test_when_one_of_two_is_gone_the_other_does_its_work(bench: Bench) -> None:
    await bench.keep(structs.replace(SPEC, urls=(URL, OTHER_URL)))
    bench.poster.answers |= {URL: says(410), OTHER_URL: says(200)}
    tasks = [bench.home.schedule(NAME) for _ in range(30)]
    await bench.home.ended(*tasks)
    assert (await bench.endpoint()).urls == (OTHER_URL,)


@on_a_bench
async def test_throttling_waits_as_asked_and_costs_no_attempt(bench: Bench) -> None:
    await bench.keep(structs.replace(SPEC, concurrency=1))
    statuses = iter((429, 503, 502, 504))

    def answer(_post: Post) -> Answer:
        status = next(statuses, 200)
        return Answer(status, retry_after="30" if status != 200 else "")

    bench.poster.answers[URL] = answer
    tasks = [bench.home.schedule(NAME) for _ in range(5)]
    await bench.health(Health.THROTTLED)
    await bench.home.ended(*tasks)
    assert all(task.row.attempts == 0 for task in tasks)
    assert all(set(bench.home.endings(task)) <= {Event.RELEASE, Event.SUCCEEDED} for task in tasks)
    times = [each.at_s for each in bench.poster.asked]
    assert all(later - earlier >= 30 for earlier, later in itertools.pairwise(times[:5]))


@on_a_bench
async def test_who_disables_and_enables_it_has_it_tried_at_once(bench: Bench) -> None:
    kept = await bench.keep(SPEC)
    bench.poster.answers[URL] = says(429, retry_after="3000")
    bench.home.schedule(NAME)
    await bench.health(Health.THROTTLED)
    throttled_s = asyncio.get_running_loop().time()
    bench.poster.answers[URL] = says(200)
    await bench.endpoints.disable(kept.lambda_id, "a look at it")
    bench.tell()
    await bench.until(lambda: not bench.fleet.serves)
    await bench.endpoints.enable(kept.lambda_id)
    bench.tell()
    late = bench.home.schedule(NAME)
    await bench.home.ended(late)
    assert asyncio.get_running_loop().time() - throttled_s < 300


@on_a_bench
async def test_throttling_costs_an_attempt_where_its_owner_says_so(bench: Bench) -> None:
    await bench.keep(structs.replace(SPEC, answers=AnswerPolicy(throttling_costs_attempts=True, retry_after_s_max=5)))
    bench.poster.answers[URL] = says(429, retry_after="3000")
    task = bench.home.schedule(NAME)
    await bench.home.until(lambda: task.reports)
    assert (task.reports[0].ending, task.reports[0].retry_delay_s) == (Event.FAILED_RETRIABLY, 5)


@on_a_bench
async def test_one_that_fails_is_left_alone_probed_singly_and_taken_back(bench: Bench) -> None:
    await bench.keep(SPEC)
    bench.poster.answers[URL] = refuses
    tasks = [bench.home.schedule(NAME) for _ in range(20)]
    word = await bench.health(Health.OPEN)
    assert "refused" in word.problem
    assert word.next_us > word.since_us
    asked = len(bench.poster.asked)
    assert FAILURES_TO_OPEN <= asked <= SPEC.concurrency
    first_s = bench.poster.asked[-1].at_s
    await bench.until(lambda: len(bench.poster.asked) > asked)
    await asyncio.sleep(OPEN_FIRST_S / 2)
    assert len(bench.poster.asked) == asked + 1, "one probe"
    assert bench.poster.asked[-1].at_s >= first_s + OPEN_FIRST_S / 2
    bench.poster.answers[URL] = says(200)
    await bench.home.ended(*tasks)
    await bench.health(Health.WELL)
    assert all(task.row.attempts <= 2 for task in tasks), "who waits spends no attempts"


@on_a_bench
async def test_work_goes_to_those_that_are_well(bench: Bench) -> None:
    await bench.keep(structs.replace(SPEC, urls=(URL, OTHER_URL)))
    bench.poster.answers |= {URL: refuses, OTHER_URL: says(200)}
    tasks = [bench.home.schedule(NAME) for _ in range(100)]
    await bench.home.ended(*tasks)
    assert len(bench.poster.to(URL)) <= 2 * SPEC.concurrency
    assert all(task.ended_as is not None and task.reports[-1].ending is Event.SUCCEEDED for task in tasks)


@on_a_bench
async def test_one_that_hangs_holds_nothing_of_anothers(bench: Bench) -> None:
    for number in range(20):
        url = f"https://{number}.example/"
        await bench.keep(EndpointSpec(urls=(url,), timeout_s=30.0), f"mail.l{number}")
        bench.poster.answers[url] = hangs if number == 0 else says(200)
    stuck = [bench.home.schedule("mail.l0") for _ in range(50)]
    await bench.until(lambda: bench.poster.under_way["https://0.example/"])
    began_s = asyncio.get_running_loop().time()
    await bench.home.ended(*[bench.home.schedule(f"mail.l{number}") for number in range(1, 20) for _ in range(30)])
    assert asyncio.get_running_loop().time() - began_s < 10.0
    assert not any(task.reports for task in stuck)
    assert bench.poster.most["https://0.example/"] == 10


@on_a_bench
async def test_concurrency_and_rate_are_kept(bench: Bench) -> None:
    await bench.keep(structs.replace(SPEC, concurrency=3, rate_per_s=5.0))

    async def takes_a_second(_post: Post) -> Answer:
        await asyncio.sleep(0.9)
        return Answer(200)

    bench.poster.answers[URL] = takes_a_second
    tasks = [bench.home.schedule(NAME) for _ in range(30)]
    await bench.home.ended(*tasks)
    assert bench.poster.most[URL] == 3
    times = [each.at_s for each in bench.poster.asked]
    assert all(later - earlier >= 1.0 - 1e-6 for earlier, later in zip(times, times[10:], strict=False))


@on_a_bench
async def test_an_event_is_a_request_and_a_delivery_of_several_a_batch(bench: Bench) -> None:
    await bench.keep(structs.replace(SPEC, subscription=SubscriptionSpec("files", batch_max=1)))
    await bench.keep(EndpointSpec((OTHER_URL,), subscription=SubscriptionSpec("files", batch_max=9)), "mail.many")
    bench.poster.answers |= {URL: says(200, b"ignored"), OTHER_URL: says(200)}
    one = bench.home.deliver(NAME, event(7))
    many = bench.home.deliver("mail.many", event(7), event(8))
    await bench.home.ended(one, many)
    assert bench.poster.to(URL)[0].header["ce-id"] == "e7"
    assert bench.poster.to(OTHER_URL)[0].header["content-type"] == "application/cloudevents-batch+json"
    assert [one.reports[0].upto, many.reports[0].upto] == [7, 8]


@on_a_bench
async def test_a_delivery_to_what_takes_tasks_is_nobodys_fault(bench: Bench) -> None:
    await bench.keep(SPEC)
    task = bench.home.deliver(NAME, event(7))
    await bench.home.until(lambda: task.reports)
    assert task.reports[0].ending is Event.LEASE_LOST
    assert not bench.poster.asked


@on_a_bench
async def test_a_cancel_ends_the_request(bench: Bench) -> None:
    await bench.keep(SPEC)
    bench.poster.answers[URL] = hangs
    task = bench.home.schedule(NAME)
    await bench.until(lambda: bench.poster.under_way[URL])
    bench.home.cancel(task)
    await bench.home.ended(task)
    assert bench.home.endings(task) == [Event.STOPPED_FOR_CANCEL]
    await bench.until(lambda: not bench.poster.under_way[URL])


@on_a_bench
async def test_removed_disabled_and_changed_ones_hand_back_what_waits(bench: Bench) -> None:
    kept = await bench.keep(structs.replace(SPEC, concurrency=1))
    bench.poster.answers |= {URL: hangs, OTHER_URL: says(200)}
    tasks = [bench.home.schedule(NAME) for _ in range(4)]
    await bench.until(lambda: bench.poster.under_way[URL])
    await bench.keep(structs.replace(SPEC, urls=(OTHER_URL,)))
    await bench.home.ended(*tasks)
    assert bench.poster.forgotten == [URL]
    await bench.endpoints.disable(kept.lambda_id, "on holiday")
    bench.tell()
    await bench.until(lambda: not bench.fleet.serves)
    await bench.until(lambda: not bench.home.streams)
    late = bench.home.schedule(NAME)
    await asyncio.sleep(60)
    assert not late.reports
    await bench.endpoints.remove(kept.lambda_id)
    bench.tell()
    await bench.until(lambda: OTHER_URL in bench.poster.forgotten)


@on_a_bench
async def test_a_request_whose_lease_is_lost_ends_and_its_endpoint_is_served_again(bench: Bench) -> None:
    await bench.keep(structs.replace(SPEC, timeout_s=300.0))
    bench.poster.answers[URL] = hangs
    task = bench.home.schedule(NAME)
    await bench.until(lambda: bench.poster.under_way[URL])
    bench.home.reachable = False
    await bench.until(lambda: not bench.poster.under_way[URL])
    bench.poster.answers[URL] = says(200)
    bench.home.reachable = True
    bench.home.break_streams()
    while not task.ended_as:
        await asyncio.sleep(1)
        bench.home.deal()
    assert task.reports[-1].ending is Event.SUCCEEDED


@on_a_bench
async def test_a_stop_lets_requests_end_and_a_second_one_does_not_wait(bench: Bench) -> None:
    await bench.keep(SPEC)

    async def slow(_post: Post) -> Answer:
        await asyncio.sleep(5)
        return Answer(200)

    bench.poster.answers[URL] = slow
    task = bench.home.schedule(NAME)
    await bench.until(lambda: bench.poster.under_way[URL])
    bench.fleet.stop()
    await bench.home.ended(task)
    assert bench.home.endings(task) == [Event.SUCCEEDED]
