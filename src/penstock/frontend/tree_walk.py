"""The way through a family: up from one task to the roots, then down to all that is below."""

from collections.abc import Collection

from msgspec import Struct

from penstock.model.identity import TaskId
from penstock.model.kin import Link, above, below
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.ports.chains import Chains


class Walked(Struct, frozen=True):
    """Who was met, the nearest first: oneself, those above, those below. `cut`: there are more."""

    ids: list[TaskId]
    links: list[Link]
    cut: bool
    above: int
    """how many of them stand above"""

    @property
    def from_below(self) -> list[TaskId]:
        """In such an order that each stands before the one by which it was met from above."""
        below_from = 1 + self.above
        return [*reversed(self.ids[below_from:]), *self.ids[:below_from]]


async def walk(chains: Chains, namespace_id: int, start: TaskId, limit: int) -> Walked:
    """The tree around a task, `limit` tasks at most, of which those above take half; raises `Unavailable`."""
    seen: dict[TaskId, None] = {start: None}
    links: set[Link] = set()
    level = [start]
    while level and len(seen) <= limit // 2:
        met = await _links(chains, namespace_id, level, 0)
        links |= met
        level = _step(seen, above(met, set(level)))
    is_cut = bool(level) or _trim(seen, max(1, limit // 2 + 1))
    level = list(seen)
    above_count = len(seen) - 1
    while level and len(seen) <= limit:
        met = await _links(chains, namespace_id, level, limit)
        links |= met
        level = _step(seen, below(met, set(level)))
    is_cut = _trim(seen, limit) or is_cut
    inside = sorted(link for link in links if link.upper in seen and link.lower in seen)
    return Walked(list(seen), inside, is_cut, above_count)


def _step(seen: dict[TaskId, None], met: Collection[TaskId]) -> list[TaskId]:
    fresh = sorted(met - seen.keys())
    seen.update(dict.fromkeys(fresh))
    return fresh


def _trim(seen: dict[TaskId, None], limit: int) -> bool:
    """Whether there were more than `limit`; the last ones go."""
    surplus = list(seen)[limit:]
    for task_id in surplus:
        del seen[task_id]
    return bool(surplus)


async def _links(chains: Chains, namespace_id: int, ids: list[TaskId], limit: int) -> set[Link]:
    links: set[Link] = set()
    for at in range(0, len(ids), BATCH_ROWS_MAX):
        links.update(await chains.kin(namespace_id, ids[at : at + BATCH_ROWS_MAX], limit))
    return links
