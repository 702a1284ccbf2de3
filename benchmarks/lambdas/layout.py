"""Where the stamp lambda writes: cell 0 counts executions, task n has the cells 1 + 2n and 2 + 2n.

The first is CLOCK_MONOTONIC at its start, the second the time since 1970, both in nanoseconds; 0: not started.
"""


def cells_for(tasks: int) -> int:
    """How many cells so many tasks need."""
    return 1 + 2 * tasks


def started_at_ns(cells: memoryview, tasks: int) -> list[int]:
    """By CLOCK_MONOTONIC, of the first `tasks` tasks."""
    return list(cells[1 : 1 + 2 * tasks : 2])


def started_since_1970_ns(cells: memoryview, tasks: int) -> list[int]:
    """By the clock of this host, which is the store's, too."""
    return list(cells[2 : 2 + 2 * tasks : 2])
