"""A call may be repeated for an hour, also when the store's clock is set right by two hours in between."""

from penstock.adapters.memory import LoopStoreTime, MemoryCluster, MemoryStore
from penstock.model.identity import make_ids
from penstock.model.lane import LaneId
from penstock.model.task import NewTask
from penstock.ports.admission import AdmitRequest
from penstock.testing.virtual_loop import run_virtual

TWO_HOURS_S, AN_HOUR_S = 7_200, 3_600


def _call(minted_at_ms: int) -> AdmitRequest:
    [task_id] = make_ids(minted_at_ms, b"t" * 16, 1)
    return AdmitRequest(1, [NewTask(task_id, LaneId(6), b"{}")], minted_at_ms, b"t" * 16, b"same")


def test_a_repeat_after_a_jump_of_the_clock_stores_nothing_new() -> None:
    async def body() -> int:
        time = LoopStoreTime()
        cluster = MemoryCluster(time)
        store = MemoryStore(cluster)
        await store.admission.admit([_call(1_000)], {})
        time.jump(TWO_HOURS_S + AN_HOUR_S - 60)
        await store.admission.admit([_call(2_000)], {})
        return len(cluster.tasks)

    assert run_virtual(body()) == 1
