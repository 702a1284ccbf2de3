"""The guard: `python -m penstock.adapters.processes.guard_main`.

Its standard input names process groups, a line each: "+123" has begun, "-123" is over. The end of the input is
the end of the controller that wrote it: the groups that are left are killed, whatever state they are in.
"""

import signal
import sys
from collections.abc import Iterable

from penstock.adapters.processes.lifeline import kill_group


def left_in(lines: Iterable[bytes]) -> set[int]:
    """Groups that have begun and are not over when the lines end."""
    groups: set[int] = set()
    for line in lines:
        (groups.add if line.startswith(b"+") else groups.discard)(int(line[1:]))
    return groups


def main() -> int:
    """Until the end of the input; only SIGKILL ends it before."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for leader_pid in left_in(sys.stdin.buffer):
        kill_group(leader_pid, signal.SIGKILL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
