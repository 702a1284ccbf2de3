"""An executor's process: `python -m penstock.adapters.processes.executor_main NAME CONTROL_FD PARENT_PID`.

The main thread loads the app, enters its hooks and runs users' coroutines; a second thread runs the
platform's loop; a third reads the control socket. What runs in here is named in the start parameters.
"""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from penstock.adapters.processes.app_loading import AppUnusable, load_app, load_reference, own_lines
from penstock.adapters.processes.board_file import BoardWriter
from penstock.adapters.processes.control import Control
from penstock.adapters.processes.crash_file import note_crashes_in
from penstock.adapters.processes.lifeline import bind_life_to_parent, end_group
from penstock.adapters.processes.loops import new_loop
from penstock.adapters.processes.parameters import StartParameters, StopOrder
from penstock.adapters.processes.seat import ProcessSeat
from penstock.ports.hosts import FailedToStart, Ready, TouchLost

_EXIT_WITHIN_S = 3.0
_CANNOT_START = 78
_COLLECTED_AFTER = 20_000
"""new objects: a batch of tasks makes thousands, and hardly a cycle among them"""


class ExecutorMain:
    """One life of an executor's process."""

    def __init__(self, control: Control, parameters: StartParameters) -> None:
        self._control = control
        self._parameters = parameters
        self._board = BoardWriter(parameters.board)
        os.close(parameters.board)
        self._user_loop = new_loop()
        self._stop: Callable[[bool], None] | None = None

    def run(self) -> int:
        """The exit status."""
        self._control.listen(self._obey)
        try:
            app = load_app(self._parameters.spec.app)
        except AppUnusable as error:
            self._control.say(FailedToStart(str(error)))
            return _CANNOT_START
        asyncio.set_event_loop(self._user_loop)
        for number in (signal.SIGTERM, signal.SIGINT):
            self._user_loop.add_signal_handler(number, self._obey, StopOrder(interrupt=False))
        life = self._user_loop.create_task(self._live(app))
        life.add_done_callback(lambda _: self._user_loop.stop())
        while not life.done():
            try:
                self._user_loop.run_forever()
            except (SystemExit, KeyboardInterrupt):
                # Raised by a task that user code left behind. A loop gives up on these; an executor does not.
                traceback.print_exc()
        return life.result()

    def _obey(self, order: StopOrder) -> None:
        if self._stop is None:
            os._exit(0)  # no work was taken yet
        self._stop(order.interrupt)

    async def _live(self, app: Any) -> int:
        """On the users' loop."""
        hooks = contextlib.AsyncExitStack()
        try:
            lambdas = app.lambdas()
            await hooks.enter_async_context(app.running())
        except (Exception, SystemExit) as error:  # noqa: BLE001 - hooks are users' code
            self._control.say(FailedToStart(f"the app could not be started:\n{own_lines(error)}"))
            return _CANNOT_START
        # What the app has loaded stays: the collector need not look at it for every thousandth task.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_COLLECTED_AFTER)
        finished = asyncio.Event()
        threading.Thread(target=self._run_platform, args=(lambdas, finished), name="penstock-platform").start()
        await finished.wait()
        _leave_in_time()
        try:
            await hooks.aclose()
        except Exception:  # noqa: BLE001 - hooks are users' code
            traceback.print_exc()
        return 0

    def _run_platform(self, lambdas: Mapping[str, Any], finished: asyncio.Event) -> None:
        try:
            with asyncio.Runner(loop_factory=new_loop) as runner:
                runner.run(self._platform(lambdas))
        except BaseException as error:  # noqa: BLE001 - nothing may end this thread unnoticed
            # Ours, not the lambdas': none of them is to be called a suspect for it.
            traceback.print_exc()
            self._control.say(TouchLost(f"the executor failed: {error!r}"))
            end_group()
        self._user_loop.call_soon_threadsafe(finished.set)

    async def _platform(self, lambdas: Mapping[str, Any]) -> None:
        parameters = self._parameters
        loop = asyncio.get_running_loop()
        orchestrators = load_reference(parameters.connect)(parameters.link)
        seat = ProcessSeat(self._board, self._control, self._user_loop, loop)
        executor = load_reference(parameters.program)(parameters.spec, lambdas, orchestrators, seat, parameters.options)
        self._stop = lambda interrupt: seat.post_to_platform(lambda: executor.stop(interrupt))
        self._control.say(Ready())
        await executor.run()
        if hasattr(orchestrators, "close"):
            await orchestrators.close()


def _leave_in_time() -> None:
    """What user code left behind (hooks, threads, exit handlers) does not hold up the end for long."""

    def leave() -> None:
        time.sleep(_EXIT_WITHIN_S)
        os._exit(0)

    threading.Thread(target=leave, daemon=True).start()


def main() -> int:
    """The process's entry."""
    _name, control_fd, parent_pid = sys.argv[1:4]
    bind_life_to_parent(int(parent_pid))
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    control = Control(int(control_fd))
    parameters = control.parameters()
    note_crashes_in(parameters.crash)
    return ExecutorMain(control, parameters).run()


if __name__ == "__main__":
    sys.exit(main())
