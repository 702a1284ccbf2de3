"""An executor that is stopped or cut off says nothing: what comes meanwhile goes to others."""

import asyncio

import pytest

from penstock.delivery.session import CANCELS_WAITING_MAX
from penstock.model.identity import make_ids
from penstock.model.task import ClaimKey, Reference
from penstock.model.work import Hello, silence_s, stamp_every_s
from tests.layers.flow_bench import FlowBench, on_bench


@on_bench
async def test_who_has_been_silent_for_a_few_seconds_is_given_nothing(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    silent = await bench.executor("mail.send", credit=50)
    other = await bench.executor("mail.send", credit=5)
    silent.fall_silent()
    await asyncio.sleep(3.1)
    ids = await bench.put(lane, 5)
    await asyncio.sleep(0.1)
    assert silent.assignments == []
    assert [assignment.id for assignment in other.assignments] == ids


@on_bench
async def test_who_is_heard_again_is_given_what_waits_at_once(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=5)
    executor.fall_silent()
    await asyncio.sleep(3.1)
    ids = await bench.put(lane, 5)
    await asyncio.sleep(10)
    assert executor.assignments == []
    executor.give(0)
    await asyncio.sleep(0.1)
    assert [assignment.id for assignment in executor.assignments] == ids


@on_bench
async def test_who_is_idle_for_long_is_not_silent(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=1)
    await asyncio.sleep(60.5)
    ids = await bench.put(lane)
    await asyncio.sleep(0.1)
    assert [assignment.id for assignment in executor.assignments] == ids


@on_bench
async def test_a_silent_quarantine_is_none(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    [suspect] = await bench.put(lane, publish=False)
    ordinary = await bench.executor("mail.send", credit=1)
    quarantine = await bench.executor("mail.send", credit=1, quarantine=True)
    quarantine.fall_silent()
    await asyncio.sleep(3.1)
    bench.queue.publish(lane, [Reference(suspect, alone=True)], bench.cluster.now_us())
    await asyncio.sleep(0.1)
    assert quarantine.assignments == []
    assert ordinary.quarantines_wanted == ["mail.send"], "on arrival, not only when it is looked after"


@pytest.mark.parametrize("lease_s", [0.5, 2.0, 30.0, 3600.0])
def test_an_executor_speaks_several_times_before_it_counts_as_silent(lease_s: float) -> None:
    assert 3 * stamp_every_s(lease_s) <= silence_s(lease_s) <= min(3.0, lease_s / 3)


@on_bench
async def test_a_stream_that_takes_nothing_keeps_a_bounded_number_of_cancels(bench: FlowBench) -> None:
    session = await bench.delivery.open(Hello("host/1", "default", ("mail.send",)))
    keys = [ClaimKey(task_id, 1) for task_id in make_ids(1, b"cancels", 900)]
    for _ in range(20):
        session.cancel(keys)
    messages = session.messages()
    await anext(messages)
    assert len((await anext(messages)).cancels) == CANCELS_WAITING_MAX
    await messages.aclose()  # type: ignore[attr-defined]
