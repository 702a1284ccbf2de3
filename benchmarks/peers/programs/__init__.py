"""What runs in the environments of the peers: the same two tasks in each system's own words, and the one producer.

Not type-checked: what these modules import is installed in the peers' environments only. A module for a system has

- `BULK`: how many tasks one call of `enqueue_many` takes, and `SENDERS`: how many such calls are under way;
- `prepare()`, once for a fresh server; `connect()` and `close()` around all else, in the producer;
- `enqueue_many(task, numbers)`, `enqueue_one(task, n)`, `enqueue_later(task, n, delay_s)` for `task` in `TASKS`: they
  return when the system has acknowledged.

Each is a coroutine function, or a plain one that may be called from several threads.
"""

TASKS = ("noop", "slow")
SLOW_S = 0.02
FILLER = "x" * (100 - len('[1000000, ""]'))
"""makes the two arguments, as JSON, 100 bytes"""
