"""What an executor's process runs: named in its start parameters, so that the process adapter knows no layer."""

from collections.abc import Mapping

import msgspec

from penstock.execution.executor import Executor
from penstock.execution.runnable import Runnable
from penstock.execution.tuning import ExecutorTuning
from penstock.ports.hosts import ExecutorSpec
from penstock.ports.orchestrators import Orchestrators
from penstock.ports.seat import Seat


def make_executor(
    spec: ExecutorSpec,
    lambdas: Mapping[str, Runnable],
    orchestrators: Orchestrators,
    seat: Seat,
    options: bytes,
) -> Executor:
    """Called on the platform's loop. `options`: an `ExecutorTuning` as JSON."""
    tuning = msgspec.json.decode(options, type=ExecutorTuning)
    return Executor(spec, lambdas, orchestrators, seat, tuning)
