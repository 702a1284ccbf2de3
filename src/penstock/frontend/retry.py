"""Retry: an ended task is made anew, linked both ways."""

from collections.abc import Callable

from penstock.frontend.announcer import due_body
from penstock.frontend.calls import Retry
from penstock.frontend.intake import check_token
from penstock.frontend.lambda_book import LambdaBook
from penstock.model.identity import TaskId, make_ids
from penstock.ports.admission import Admission
from penstock.ports.clock import StoreClock
from penstock.ports.signals import Signals, Topic


class RetryDesk:
    """A task is retried once: whoever asks again is answered the same new task."""

    def __init__(
        self,
        admission: Admission,
        book: LambdaBook,
        clock: StoreClock,
        signals: Signals,
        new_token: Callable[[], bytes],
    ) -> None:
        self._admission = admission
        self._book = book
        self._clock = clock
        self._signals = signals
        self._new_token = new_token

    async def retry(self, namespace: str, task_id: TaskId, request_token: bytes = b"") -> Retry:
        """The new task; raises `NotFound`, `NotPossible` while it lives, `Unavailable`."""
        check_token(request_token)
        namespace_id = await self._book.known_namespace_id(namespace)
        now_us = self._clock.now_us()
        [new_id] = make_ids(now_us // 1000, request_token or self._new_token(), 1)
        retried = await self._admission.retry(namespace_id, task_id, new_id)
        self._signals.send(Topic.DUE, due_body({retried.lane: now_us}))
        # The same chance came from the same token: then it is this very call that is repeated.
        return Retry(retried.id, retried.existed and retried.id[8:] != new_id[8:])
