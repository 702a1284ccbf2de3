"""A fan-in of a thousand fires once, although the orchestrator and an executor are killed in the middle of it."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Final

import pytest

from penstock import Handle, InvalidInput, Status
from tests.processes.fault_run import chain_lambdas
from tests.processes.fault_run.chain_lambdas import GO, JOINED, app, join, last_part, part
from tests.processes.fault_run.dump import connect
from tests.processes.fault_run.stack import in_one_group, stack

APP: Final = "tests.processes.fault_run.chain_lambdas:app"
PARENTS: Final = 1_000
PATIENCE_S: Final = 120.0
"""for a broken program only"""
ENDED: Final = "select count(*) from penstock.outcome"


async def schedule_all() -> tuple[Handle[int], Handle[int]]:
    """The join, and one that is told late."""
    async with app.batch() as batch:
        parents = [batch.add(part.call(number)) for number in range(PARENTS - 1)]
        parents.append(batch.add(last_part.call(PARENTS - 1)))
        joined = batch.add(join.options(parents=parents).call())
    late = await join.options(parents=[parents[0], joined, parents[-1]]).schedule()
    return joined.handle, late


async def test_a_fan_in_of_a_thousand_fires_once_under_kills(tmp_path: Path) -> None:
    async with stack(tmp_path, APP, in_one_group(*chain_lambdas.app.lambdas()), workers=1) as platform:
        app.connect(platform.address)
        connection = await connect(platform.engines.postgres_dsn)

        async def until_ended(count: int) -> None:
            async with asyncio.timeout(PATIENCE_S):
                while await connection.fetchval(ENDED) < count:
                    await asyncio.sleep(0.01)

        try:
            joined, late = await schedule_all()
            await until_ended(PARENTS // 5)
            await platform.orchestrator.kill()
            await platform.start_orchestrator()
            await until_ended(PARENTS // 2)
            [executor] = platform.executors(platform.workers[0])
            os.kill(executor, signal.SIGKILL)
            await until_ended(PARENTS - 1)
            assert await joined.status() is Status.HELD
            assert not (tmp_path / JOINED).exists()
            (tmp_path / GO).touch()
            assert await joined.result(PATIENCE_S) == sum(range(PARENTS))
            assert await late.result(PATIENCE_S) == sum(range(PARENTS)) + PARENTS - 1
            assert (tmp_path / JOINED).read_text().split() == [str(PARENTS), "3"]
            with pytest.raises(InvalidInput, match="no such task"):
                await join.options(parents=["00000000-0000-7000-8000-000000000000"]).schedule()
        finally:
            await connection.close()
            app.close()
