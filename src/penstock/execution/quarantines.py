"""How many quarantine executors a worker has: some at once, because a crash makes suspects of all that ran with it.

Each runs one suspect at a time, so that a crash in it is surely its own. They are opened when suspects are
known, and leave by themselves when they have had nothing to do for a while.
"""

from collections.abc import Callable

from penstock.execution.plan import Group
from penstock.execution.post import Post


class Quarantines:
    """Up to `at_once_max` in the worker, and one for each group whatever the others have."""

    def __init__(self, at_once_max: int, open_post: Callable[[Group], Post]) -> None:
        self._at_once_max = at_once_max
        self._open_post = open_post
        self._posts: dict[Post, str] = {}  # ordered, so that runs repeat

    def posts(self) -> list[Post]:
        """Those that are open."""
        return list(self._posts)

    def expect(self, group: Group, suspects: int) -> None:
        """An executor of the group has crashed: so many tasks of it run alone next."""
        while len(self._of(group)) < suspects and self._may_open(group):
            self._open(group)

    def want(self, group: Group) -> None:
        """Suspects wait: one more, unless one is on its way or idle, and they may be on their way to it."""
        if all(post.is_busy for post in self._of(group)) and self._may_open(group):
            self._open(group)

    def closed(self, post: Post) -> None:
        """Its executor has left; or the post is none of these."""
        self._posts.pop(post, None)

    def _of(self, group: Group) -> list[Post]:
        return [post for post, name in self._posts.items() if name == group.name]

    def _may_open(self, group: Group) -> bool:
        return len(self._posts) < self._at_once_max or not self._of(group)

    def _open(self, group: Group) -> None:
        self._posts[self._open_post(group)] = group.name
