"""A system as small as can be, for the peers' loads: a file of lines is its queue. Its worker: `-m` this module."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.peers.marks import Marker

BULK, SENDERS = 50, 2
ANSWERED_AFTER_S = 0.01
"""so that no more is sent in a test than can be run in it"""
QUEUE = Path(os.environ["PEER_ADDRESS"])
SLOW_S = {"noop": 0.0, "slow": 0.02}


def prepare() -> None:
    QUEUE.touch()


def connect() -> None:
    pass


def close() -> None:
    pass


def enqueue_many(task: str, numbers: range) -> None:
    time.sleep(ANSWERED_AFTER_S)
    _append("".join(f"{task} {n} 0\n" for n in numbers))


def enqueue_one(task: str, n: int) -> None:
    time.sleep(ANSWERED_AFTER_S)
    _append(f"{task} {n} 0\n")


def enqueue_later(task: str, n: int, delay_s: float) -> None:
    _append(f"{task} {n} {time.time() + delay_s}\n")


def _append(lines: str) -> None:
    descriptor = os.open(QUEUE, os.O_WRONLY | os.O_APPEND)
    os.write(descriptor, lines.encode())
    os.close(descriptor)


def work() -> None:
    """Runs whatever has no mark yet that it was done: what a killed worker had begun is run again."""
    marker = Marker()
    done = QUEUE.with_name("done")
    done.mkdir(exist_ok=True)

    def run(task: str, n: str, due_at_s: str) -> None:
        time.sleep(max(float(due_at_s) - time.time(), 0))
        marker.started(int(n))
        time.sleep(SLOW_S[task])
        marker.ended(int(n))
        (done / n).touch()

    earlier = {file.name for file in done.iterdir()}
    with QUEUE.open() as queue, ThreadPoolExecutor(50) as threads:
        while True:
            line = queue.readline()
            if not line.endswith("\n"):
                queue.seek(queue.tell() - len(line))
                time.sleep(0.002)
            elif line.split()[1] not in earlier:
                threads.submit(run, *line.split())


if __name__ == "__main__":
    work()
