"""Wherever it is called from: second loops, threads, forks, running loops, a closed app."""

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from penstock import App, Unavailable
from penstock.model.identity import parse_id
from tests.layers.sdk_fixtures import app_fixture, frontend_fixture, time_fixture  # noqa: F401 - found by name
from tests.layers.sdk_frontend import PATIENCE_S, FakeFrontend

ROOT = Path(__file__).parent.parent.parent


def test_a_second_loop(app: App, frontend: FakeFrontend) -> None:
    async def schedule() -> None:
        await asyncio.gather(*(app.lambda_("billing.charge").schedule(order=at) for at in range(20)))

    asyncio.run(schedule())
    asyncio.run(schedule())
    assert len(frontend.tasks) == 40


def test_a_loop_that_ends_while_a_call_is_under_way(app: App, frontend: FakeFrontend) -> None:
    async def give_up() -> None:
        call = asyncio.create_task(app.lambda_("billing.charge").schedule(order=1))
        await asyncio.to_thread(frontend.wait_for, lambda: len(frontend.schedules) == 1)
        call.cancel()

    frontend.open.clear()
    asyncio.run(give_up())
    frontend.open.set()
    app.lambda_("billing.charge").schedule_sync(order=2)
    frontend.wait_for(lambda: len(frontend.tasks) == 2)


def test_threads_without_loops_and_loops_in_threads(app: App, frontend: FakeFrontend) -> None:
    charge = app.lambda_("billing.charge")

    def plain(at: int) -> str:
        return charge.schedule_sync(order=at).id

    def with_loop(at: int) -> str:
        return asyncio.run(charge.schedule(order=at)).id

    with ThreadPoolExecutor(12) as threads:
        ids = [*threads.map(plain, range(50)), *threads.map(with_loop, range(50))]
    assert {parse_id(text) for text in ids} == set(frontend.tasks)
    assert len(frontend.tasks) == 100


async def test_a_thread_and_a_loop_wait_at_the_same_time(app: App, frontend: FakeFrontend) -> None:
    handles = await app.schedule_many(app.lambda_("billing.charge").call(order=at) for at in range(2))
    waits = [
        asyncio.create_task(handles[0].result()),
        asyncio.create_task(asyncio.to_thread(handles[1].result_sync)),
    ]
    await asyncio.to_thread(
        frontend.wait_for, lambda: set(frontend.asked_now) == {parse_id(handle.id) for handle in handles}
    )
    for at, handle in enumerate(handles):
        frontend.finish(parse_id(handle.id), result=str(at).encode())
    assert await asyncio.gather(*waits) == [0, 1]


async def test_inside_a_running_loop_sync_says_what_to_do(app: App, frontend: FakeFrontend) -> None:
    charge = app.lambda_("billing.charge")
    with pytest.raises(RuntimeError, match=r"schedule_sync\(\) would block the event loop .* await schedule\(\)"):
        charge.schedule_sync(order=1)
    with pytest.raises(RuntimeError, match="await schedule_many"):
        app.schedule_many_sync([charge.call(order=1)])
    assert frontend.schedules == []


async def test_closing_ends_what_waits_and_the_next_use_opens_again(app: App, frontend: FakeFrontend) -> None:
    handle = await app.lambda_("billing.charge").schedule()
    waiting = asyncio.create_task(handle.result())
    await asyncio.to_thread(frontend.wait_for, lambda: frontend.polls_open == 1)
    await app.aclose()
    with pytest.raises(Unavailable, match="the app was closed"):
        await waiting
    await app.lambda_("billing.charge").schedule()
    assert len(frontend.tasks) == 2


def test_connect_changes_the_platform(app: App, frontend: FakeFrontend) -> None:
    other = FakeFrontend()
    try:
        app.lambda_("billing.charge").schedule_sync()
        app.connect(other.address, namespace="blue")
        app.lambda_("billing.charge").schedule_sync()
        assert (len(frontend.tasks), len(other.tasks)) == (1, 1)
        assert [request.namespace for request in (*frontend.schedules, *other.schedules)] == ["default", "blue"]
    finally:
        app.close()
        other.stop()


FORKS = """
import os, sys, threading
from penstock import App
app = App("mail", address=sys.argv[1])
charge = app.lambda_("billing.charge")
first = charge.schedule_sync(order=0)
# A long poll and a lock held by other threads while it forks.
threading.Thread(target=first.result_sync, daemon=True).start()
stop = threading.Event()
def busily():
    while not stop.is_set():
        charge.schedule_sync(order=1)
busy = threading.Thread(target=busily)
busy.start()
for _ in range(3):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            import asyncio
            assert charge.schedule_sync(order=2).status_sync().name == "NEW"
            assert asyncio.run(charge.schedule(order=3)).id != first.id
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    charge.schedule_sync(order=4)
stop.set()
busy.join()
print("parent and children are well")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_in_the_middle_of_it() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.layers.sdk_frontend"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment,
    ) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        forks = subprocess.run(
            [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKS, address],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        server.communicate("")
    assert (forks.stdout, forks.stderr) == ("parent and children are well\n", "")
    assert forks.returncode == 0


def test_a_process_ends_with_a_wait_open(frontend: FakeFrontend) -> None:
    code = (
        "import sys, threading; from penstock import App; app = App('mail', address=sys.argv[1])\n"
        "handle = app.lambda_('billing.charge').schedule_sync()\n"
        "threading.Thread(target=handle.result_sync, daemon=True).start()\n"
        "sys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, frontend.address], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        frontend.wait_for(lambda: frontend.polls_open == 1)
        _, errors = process.communicate("\n", timeout=PATIENCE_S)
    assert (process.returncode, errors) == (0, "")


def test_importing_the_model_does_not_load_grpc() -> None:
    code = "import sys, penstock, penstock.model.task; sys.exit('grpc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_the_package_offers_is_there() -> None:
    import penstock

    for name in penstock.__all__:
        assert getattr(penstock, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        penstock.nothing  # noqa: B018 - its absence is the point
