"""Layer 5: run it. Controllers supervise executors; executors run lambdas and report verdicts.

What others hang on:

    Runnable                                       what a lambda must offer (`runnable.py`)
    Executor(spec, lambdas, orchestrators, seat, tuning)
        await run()                                returns after a clean stop; `stop(interrupt=False)`
        program.make_executor(...)                 the same, tuning as JSON: for `ProcessHosts(program=...)`
    same_loop.SameLoopSeat(board, chance, on_word, on_death), same_loop.MemoryBoard(lambdas)
                                                   a seat and a board for one loop: tests and the simulation
    Controller(worker, app, groups, hosts, orchestrators, register, tuning, monotonic_s, chance, on_word)
        await run()                                returns after `stop()`; a second `stop()`: now
    plan_groups(lambdas, groups) -> [Group]        one executor for each lambda unless grouped
    Supervisor(process, orchestrators, tuning, monotonic_s, chance, on_word)
        await run() -> End; await report()         one process, and what is said of it when it is dead

The other half is `penstock.adapters.processes`:

    ProcessHosts(program, connect, link, options)  implements `ports.hosts.Hosts` with real processes
        program="penstock.execution.program:make_executor", options=msgspec.json.encode(ExecutorTuning(...)),
        connect="module:function" answers an `Orchestrators` for `link`, called on the platform's loop
    inspection.describe_app("module:attribute")    registrations of an app, learned in a child

An app is anything with `lambdas() -> Mapping[str, Runnable]`, `registrations() -> Sequence[Registration]`
and `running()`, an async context manager that is entered before the executor takes work and left after it.
"""

from penstock.execution.controller import Controller
from penstock.execution.executor import Executor
from penstock.execution.plan import Group, plan_groups
from penstock.execution.runnable import Runnable
from penstock.execution.supervisor import Supervisor
from penstock.execution.tuning import ControllerTuning, ExecutorTuning

__all__ = [
    "Controller",
    "ControllerTuning",
    "Executor",
    "ExecutorTuning",
    "Group",
    "Runnable",
    "Supervisor",
    "plan_groups",
]
