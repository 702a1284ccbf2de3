"""Nothing lost, nothing made up."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from penstock.model.delivery import is_delivery
from penstock.testing.world.orders import UNDECODABLE, Told, number_in

if TYPE_CHECKING:
    from penstock.testing.world.world import World


def nothing_acknowledged_is_lost(world: "World") -> Iterator[str]:
    """T1: every acknowledged task has ended, or waits lawfully for a time that has not come."""
    cluster = world.cluster
    promised = [(order, order.task) for order in world.orders if order.told is Told.STORED]
    promised += [(order, new_id) for order in world.orders for new_id in order.retried_as]
    for order, task_id in promised:
        if task_id is None or (task_id not in cluster.live and task_id not in cluster.outcomes):
            yield f"order {order.n} ({order.kind}) was acknowledged as {_hex(task_id)} and is gone"
        elif task_id in cluster.live and not order.is_sleeper:
            row = cluster.live[task_id]
            yield (
                f"order {order.n} ({order.kind}) {_hex(task_id)} is {row.status.name.lower()} long after the last fault"
            )


def nothing_exists_that_nobody_asked_for(world: "World") -> Iterator[str]:
    """T2: each order is stored at most once, a refused one never, and nothing else runs."""
    orders = {order.n: order for order in world.orders}
    asked = Counter[int]()
    unread = 0
    for row in world.cluster.tasks.values():
        if row.retry_of is None and row.periodic_id is None:
            n = number_in(row.payload)
            if n is None:
                unread += 1
            else:
                asked[n] += 1
    if unread > sum(order.payload == UNDECODABLE for order in world.orders):
        yield "more undecodable tasks are stored than were asked for"
    for n, count in asked.items():
        order = orders.get(n)
        if order is None:
            yield f"order {n} is stored and nobody asked for it"
        elif count > 1:
            yield f"order {n} is stored {count} times"
        elif order.told in (Told.REFUSED, Told.CONFLICT):
            yield f"order {n} was refused and is stored"
    for interval in world.chronicle.intervals:
        if interval.task not in world.cluster.tasks and not is_delivery(interval.task):
            yield f"task {interval.task.hex()} ran and is not stored"


def a_key_names_one_task(world: "World") -> Iterator[str]:
    """T3."""
    named: dict[str, set[str]] = {}
    for order in world.orders:
        if order.key and order.told is Told.STORED:
            named.setdefault(order.key, set()).add(_hex(order.task))
    for key, tasks in named.items():
        if len(tasks) > 1:
            yield f"key {key} names {sorted(tasks)}"


def the_books_balance(world: "World") -> Iterator[str]:
    """T18: every stored task is either live or ended."""
    cluster = world.cluster
    deliveries = cluster.deliveries.keys()
    both = cluster.live.keys() & cluster.outcomes.keys()
    neither = cluster.tasks.keys() - cluster.live.keys() - cluster.outcomes.keys()
    strangers = (cluster.live.keys() | cluster.outcomes.keys()) - cluster.tasks.keys() - deliveries
    for what, ids in (("live and ended", both), ("neither live nor ended", neither), ("without an entity", strangers)):
        for task_id in sorted(ids):
            yield f"task {task_id.hex()} is {what}"


def _hex(task_id: bytes | None) -> str:
    return task_id.hex() if task_id is not None else "no id"
