"""Schedule: what is stored, what is answered, what is said to others, and what a repeat finds."""

import asyncio
from collections.abc import Sequence

import pytest

from penstock.frontend.admission_pump import AdmissionPump, PumpLimits
from penstock.frontend.calls import NO_ID, ScheduleCall, TaskGroup
from penstock.model.errors import Conflict, InvalidInput, Unavailable
from penstock.model.identity import created_at_us
from penstock.model.lifecycle import Status
from penstock.model.limits import HORIZON_S_MAX, KEY_LIFE_S_MAX, SCHEDULE_TASKS_MAX
from penstock.ports.admission import AdmitReply, AdmitRequest
from penstock.ports.signals import Topic
from tests.layers.frontend_bench import FrontendBench, on_bench, registration

TOKEN = b"a token of a call"


@on_bench
async def test_a_task_is_stored_enqueued_and_its_reference_published(bench: FrontendBench) -> None:
    answer = await bench.schedule(b'{"a": 1}')
    [task_id] = answer.ids
    assert bench.row(task_id).status is Status.ENQUEUED
    assert bench.published == [task_id]
    assert created_at_us(task_id) // 1000 == bench.cluster.now_us() // 1000
    assert (answer.problems, answer.warnings, answer.existing) == ([], [], [])


@on_bench
async def test_groups_keep_their_options_and_ids_their_order(bench: FrontendBench) -> None:
    groups = [
        TaskGroup("mail.send", [b"{}", b"{}"], collection="marketing", priority=3),
        TaskGroup("mail.send", [b'{"b":2}'], priority=1),
    ]
    answer = await bench.desk.schedule(ScheduleCall("default", groups))
    lanes = [bench.row(task_id).lane % 4 for task_id in answer.ids]
    assert lanes == [3, 3, 1]
    assert [bench.cluster.tasks[each].collection for each in answer.ids] == ["marketing", "marketing", ""]
    assert bench.cluster.tasks[answer.ids[2]].payload == b'{"b":2}'


@on_bench
async def test_bad_items_are_named_and_good_ones_are_stored(bench: FrontendBench) -> None:
    answer = await bench.schedule(
        b"{}", b"nonsense", b"{}", b"{}", b"{}", keys=["", "", "k" * 2_000, "", "ok"], delay_us=[0, 0, 0, -1, 0]
    )
    assert [problem.index for problem in answer.problems] == [1, 2, 3]
    assert {problem.code for problem in answer.problems} == {"invalid"}
    assert [each == NO_ID for each in answer.ids] == [False, True, True, True, False]
    assert set(bench.cluster.live) == {answer.ids[0], answer.ids[4]}
    assert isinstance(answer.problems[0].error(), InvalidInput)
    assert [problem.message.partition(":")[0] for problem in answer.problems] == ["payload", "key", "delay_us"]


@on_bench
async def test_a_call_that_is_wrong_as_a_whole_stores_nothing(bench: FrontendBench) -> None:
    now_us = bench.cluster.now_us()
    wrong: list[tuple[str, TaskGroup, bytes]] = [
        ("lambda", TaskGroup("no dot", [b"{}"]), b""),
        ("lambda", TaskGroup("mail.*", [b"{}"]), b""),
        ("lambda", TaskGroup("mail.Send", [b"{}"]), b""),
        ("collection", TaskGroup("mail.send", [b"{}"], collection="c" * 300), b""),
        ("priority", TaskGroup("mail.send", [b"{}"], priority=4), b""),
        ("keys", TaskGroup("mail.send", [b"{}", b"{}"], keys=["one"]), b""),
        ("due_at_us", TaskGroup("mail.send", [b"{}"] * 3, due_at_us=[now_us, now_us]), b""),
        ("delay_us", TaskGroup("mail.send", [b"{}"], due_at_us=[now_us], delay_us=[1]), b""),
        ("key_life_s", TaskGroup("mail.send", [b"{}"], key_life_s=KEY_LIFE_S_MAX + 1), b""),
        ("parent_id", TaskGroup("mail.send", [b"{}"], parent_id=b"short"), b""),
        ("request_token", TaskGroup("mail.send", [b"{}"]), b"x" * 15),
        ("request_token", TaskGroup("mail.send", [b"{}"]), b"x" * 65),
        ("groups", TaskGroup("mail.send", [b"{}"] * (SCHEDULE_TASKS_MAX + 1)), b""),
    ]
    for field, group, token in wrong:
        with pytest.raises(InvalidInput) as refusal:
            await bench.desk.schedule(ScheduleCall("", [group], token))
        assert field in refusal.value.field
    with pytest.raises(InvalidInput, match="namespace"):
        await bench.desk.schedule(ScheduleCall("../x", [TaskGroup("mail.send", [b"{}"])]))
    assert bench.cluster.tasks == {}


@on_bench
async def test_times_are_past_future_or_refused(bench: FrontendBench) -> None:
    now_us, horizon_us = bench.cluster.now_us(), HORIZON_S_MAX * 1_000_000
    due_at_us = [1, now_us + 5_000_000, now_us + horizon_us + 1_000_000, -1, 2**62]
    answer = await bench.schedule(*[b"{}"] * 5, due_at_us=due_at_us)
    assert [problem.index for problem in answer.problems] == [2, 3, 4]
    assert bench.row(answer.ids[0]).status is Status.ENQUEUED
    assert bench.row(answer.ids[1]).trigger_at_us == due_at_us[1]
    assert bench.published == [answer.ids[0]]
    one_for_all = await bench.schedule(b"{}", b"{}", delay_us=[horizon_us])
    assert {bench.row(each).status for each in one_for_all.ids} == {Status.NEW}
    assert len((await bench.schedule(b"{}", delay_us=[horizon_us + 1])).problems) == 1


@on_bench
async def test_schedulers_are_told_the_earliest_due_time_of_a_lane_once_a_trip(bench: FrontendBench) -> None:
    answer = await bench.schedule(b"{}", b"{}", b"{}", delay_us=[9_000_000, 3_000_000, 6_000_000])
    await asyncio.sleep(0.01)
    row = bench.row(answer.ids[1])
    assert bench.published == []
    assert bench.said[Topic.DUE] == [row.lane.to_bytes(8, "big") + row.trigger_at_us.to_bytes(8, "big")]


@on_bench
async def test_a_lane_without_room_keeps_new_tasks_in_the_store(bench: FrontendBench) -> None:
    bench.window.size = 0
    answer = await bench.schedule(b"{}", b"{}")
    await asyncio.sleep(0.01)
    assert {bench.row(each).status for each in answer.ids} == {Status.NEW}
    assert bench.published == []
    assert len(bench.said[Topic.DUE]) == 1


@on_bench
async def test_a_key_names_one_task(bench: FrontendBench) -> None:
    first = await bench.schedule(b'{"a":1}', keys=["k"])
    same = await bench.schedule(b'{"a":1}', keys=["k"], delay_us=[60_000_000])
    assert (same.ids, same.existing, same.problems) == (first.ids, [0], [])
    other = await bench.schedule(b"{}", b'{"a":2}', keys=["", "k"])
    [problem] = other.problems
    assert (problem.index, problem.code, problem.task_id) == (1, "conflict", first.ids[0])
    assert other.ids[1] == NO_ID
    assert len(bench.cluster.tasks) == 2
    error = problem.error()
    assert isinstance(error, Conflict)
    assert error.first == first.ids[0]
    assert len(bench.published) == 2


@on_bench
async def test_another_collection_or_priority_is_other_content(bench: FrontendBench) -> None:
    await bench.schedule(b"{}", keys=["k"])
    assert (await bench.schedule(b"{}", keys=["k"], collection="c")).problems[0].code == "conflict"
    assert (await bench.schedule(b"{}", keys=["k"], priority=1)).problems[0].code == "conflict"
    assert (await bench.schedule(b"{}", keys=["k"], priority=2)).existing == [0]


@on_bench
async def test_a_repeat_after_a_lost_answer_makes_no_second_task(bench: FrontendBench) -> None:
    bench.trips.after["admission.admit"] = Unavailable("the answer was lost")
    with pytest.raises(Unavailable):
        await bench.schedule(b"{}", b"broken", b"{}", token=TOKEN)
    bench.trips.after.clear()
    stored = set(bench.cluster.tasks)
    await asyncio.sleep(1.0)  # the clock, and so the ids of a new call, have moved on
    answer = await bench.schedule(b"{}", b"broken", b"{}", token=TOKEN)
    assert set(bench.cluster.tasks) == stored == {answer.ids[0], answer.ids[2]}
    assert [problem.index for problem in answer.problems] == [1]
    assert await bench.schedule(b"{}", b"broken", b"{}", token=TOKEN) == answer


@on_bench
async def test_a_repeat_answers_the_same_for_keys(bench: FrontendBench) -> None:
    [first] = (await bench.schedule(b"{}", keys=["standing"])).ids
    keys = ["standing", "mine", ""]
    answer = await bench.schedule(b"{}", b"{}", b"{}", keys=keys, token=TOKEN)
    assert (answer.ids[0], answer.existing) == (first, [0])
    # What the store says then: the keys name the task that stood, and the repeated call's own one.
    bench.admissions.answer = AdmitReply(
        bench.admissions.trips[-1][0].minted_at_ms, existing={0: first, 1: answer.ids[1]}
    )
    await asyncio.sleep(1.0)
    assert await bench.schedule(b"{}", b"{}", b"{}", keys=keys, token=TOKEN) == answer


@on_bench
async def test_a_repeat_after_a_call_that_never_arrived_stores_its_tasks(bench: FrontendBench) -> None:
    bench.trips.before["admission.admit"] = Unavailable("no connection")
    with pytest.raises(Unavailable):
        await bench.schedule(b"{}", token=TOKEN)
    bench.trips.before.clear()
    assert set((await bench.schedule(b"{}", token=TOKEN)).ids) == set(bench.cluster.tasks)


@on_bench
async def test_a_token_used_for_another_call_is_refused(bench: FrontendBench) -> None:
    await bench.schedule(b"{}", token=TOKEN)
    with pytest.raises(InvalidInput, match="request_token"):
        await bench.schedule(b'{"other":1}', token=TOKEN)
    with pytest.raises(InvalidInput, match="request_token"):
        await bench.schedule(*[b"{}"] * 5_000, token=TOKEN)
    assert len(bench.cluster.tasks) == 1


@on_bench
async def test_a_large_call_travels_in_pieces_that_a_repeat_completes(bench: FrontendBench) -> None:
    calls = 0

    def fail_the_third(_: Sequence[AdmitRequest]) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Unavailable("no connection")

    bench.admissions.refuse = fail_the_third
    with pytest.raises(Unavailable):
        await bench.schedule(*[b"{}"] * 10_000, token=TOKEN)
    await asyncio.sleep(1.0)
    assert 0 < len(bench.cluster.tasks) < 10_000
    answer = await bench.schedule(*[b"{}"] * 10_000, token=TOKEN)
    assert len(set(answer.ids)) == 10_000
    assert set(answer.ids) == set(bench.cluster.tasks)
    assert max(sum(len(each.tasks) for each in trip) for trip in bench.admissions.trips) <= 1_000


@on_bench
async def test_a_batch_is_bounded_by_bytes(bench: FrontendBench) -> None:
    payload = b'{"a":"' + b"x" * 200_000 + b'"}'
    answer = await bench.schedule(*[payload] * 12)
    assert len(set(answer.ids)) == 12
    sizes = [sum(len(task.payload) for each in trip for task in each.tasks) for trip in bench.admissions.trips]
    assert max(sizes) <= 1024 * 1024


@on_bench
async def test_tasks_of_an_unknown_lambda_are_held_with_one_warning(bench: FrontendBench) -> None:
    answer = await bench.schedule(b"{}", b"{}", name="mail.later")
    assert {bench.row(each).held_for for each in answer.ids} == {"registration"}
    assert len(answer.warnings) == 1
    assert "mail.later" in answer.warnings[0]
    assert bench.published == []
    await asyncio.sleep(0.01)
    assert bench.said[Topic.DUE] == []


@on_bench
async def test_strict_refuses_tasks_of_an_unknown_lambda(bench: FrontendBench) -> None:
    groups = [TaskGroup("mail.later", [b"{}"]), TaskGroup("mail.send", [b"{}"])]
    answer = await bench.desk.schedule(ScheduleCall("", groups, strict=True))
    assert [problem.index for problem in answer.problems] == [0]
    assert list(bench.cluster.tasks) == [answer.ids[1]]


@on_bench
async def test_after_a_registration_tasks_are_no_longer_held(bench: FrontendBench) -> None:
    await bench.schedule(b"{}", name="mail.later")
    await bench.register.register("", [registration("mail.later")])
    answer = await bench.schedule(b"{}", name="mail.later")
    assert answer.warnings == []
    assert bench.row(answer.ids[0]).held_for == ""


@on_bench
async def test_known_lambdas_cost_no_trip(bench: FrontendBench) -> None:
    await bench.schedule(b"{}")
    bench.trips.counts.clear()
    await bench.schedule(b"{}")
    assert bench.trips.counts == {"admission.admit": 1}


@on_bench
async def test_many_calls_share_few_trips_and_one_alone_goes_at_once(bench: FrontendBench) -> None:
    await bench.schedule(b"{}")
    bench.admissions.trips.clear()
    answers = await asyncio.gather(*[bench.schedule(b"{}") for _ in range(500)])
    assert len({answer.ids[0] for answer in answers}) == 500
    assert len(bench.admissions.trips) <= 2
    bench.admissions.trips.clear()
    began_s = asyncio.get_running_loop().time()
    await bench.schedule(b"{}")
    assert asyncio.get_running_loop().time() == began_s


@on_bench
async def test_at_most_two_trips_are_under_way(bench: FrontendBench) -> None:
    gate = bench.trips.stuck["admission.admit"] = asyncio.Event()
    calls = []
    for _ in range(5):
        calls.append(asyncio.ensure_future(bench.schedule(b"{}")))
        await asyncio.sleep(0.01)
    assert len(bench.admissions.trips) == 2
    gate.set()
    await asyncio.gather(*calls)
    assert [len(trip) for trip in bench.admissions.trips] == [1, 1, 3]


@on_bench
async def test_a_guilty_call_fails_alone(bench: FrontendBench) -> None:
    def refuse(requests: Sequence[AdmitRequest]) -> None:
        if any(task.payload == b'{"bad":1}' for request in requests for task in request.tasks):
            raise InvalidInput("payload", "the store does not like it")

    bench.admissions.refuse = refuse
    payloads = [b'{"bad":1}' if number in {3, 77} else b"{}" for number in range(100)]
    answers = await asyncio.gather(*[bench.schedule(each) for each in payloads], return_exceptions=True)
    assert [at for at, answer in enumerate(answers) if isinstance(answer, InvalidInput)] == [3, 77]
    assert len(bench.cluster.tasks) == 98
    assert len(bench.published) == 98


@on_bench
async def test_a_failed_trip_is_told_to_all_its_callers(bench: FrontendBench) -> None:
    bench.trips.before["admission.admit"] = Unavailable("no connection")
    answers = await asyncio.gather(*[bench.schedule(b"{}") for _ in range(10)], return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
    bench.trips.before.clear()
    await bench.schedule(b"{}")


@on_bench
async def test_over_its_bound_new_calls_are_refused_and_then_taken_again(bench: FrontendBench) -> None:
    await bench.schedule(b"{}")
    bench.desk._pump = AdmissionPump(bench.admissions, bench.window, lambda *_: None, PumpLimits(rows_max=10))
    gate = bench.trips.stuck["admission.admit"] = asyncio.Event()
    waiting = [asyncio.ensure_future(bench.schedule(b"{}", b"{}")) for _ in range(5)]
    await asyncio.sleep(0.01)
    with pytest.raises(Unavailable, match="overloaded"):
        await bench.schedule(b"{}")
    gate.set()
    await asyncio.gather(*waiting)
    await bench.schedule(b"{}")
    assert len(bench.cluster.tasks) == 12


@on_bench
async def test_a_caller_who_has_gone_has_nothing_stored(bench: FrontendBench) -> None:
    await bench.schedule(b"{}")
    gate = bench.trips.stuck["admission.admit"] = asyncio.Event()
    under_way = []
    for _ in range(3):
        under_way.append(asyncio.ensure_future(bench.schedule(b"{}")))
        await asyncio.sleep(0.01)
    under_way[2].cancel()
    await asyncio.sleep(0.01)
    gate.set()
    await asyncio.gather(*under_way, return_exceptions=True)
    assert len(bench.cluster.tasks) == 3
