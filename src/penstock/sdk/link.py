"""One channel of one process to one address, and requests that are repeated until they are answered.

The channel is gRPC's blocking kind, used through its callbacks: one channel then serves every loop and
every thread of the process (a grpc.aio channel serves one loop), and a lone call is faster by a third.
See docs/decisions/0009-sdk-one-implementation.md.
"""

import logging
import os
from collections.abc import Callable
from typing import Any, Final

import grpc

from penstock.model.errors import Overloaded, PenstockError, QuotaExceeded, Refused, Unavailable
from penstock.sdk.address import Address
from penstock.sdk.forks import call_grpc, inside_grpc
from penstock.sdk.refusal import refusal_of
from penstock.sdk.retry_budget import RetryBudget
from penstock.sdk.status import error_of, is_transient
from penstock.sdk.surroundings import Surroundings
from penstock.sdk.throttle import Throttle
from penstock.wire.credentials import Bearer, Credentials
from penstock.wire.v1.penstock_pb2_grpc import FrontendStub

log = logging.getLogger("penstock")

TRY_S: Final = 10.0
"""A try that has no answer by then may hang on a dead connection: it is repeated."""
_BACKOFF_FIRST_S: Final = 0.05
_BACKOFF_MAX_S: Final = 2.0
_REFUSED_HERE_S: Final = 0.1
_SHED: Final = frozenset({"Schedule", "ListTasks"})
"""What a platform that is overloaded refuses. Nothing else is ever held back."""
_REPLY_BYTES_MAX: Final = 64 * 1024 * 1024

WaitsFor = Callable[[Refused], bool]
Answer = Callable[[Any], None]
"""Takes the reply, or the error that ends it. Called once, in a thread of gRPC's: it must not wait."""


def always(_refusal: Refused) -> bool:
    """Every refusal is waited out, as long as time lasts, and the budget where the platform is overloaded."""
    return True


class Link:
    """`ask` may be called from any thread."""

    def __init__(
        self, address: Address, credentials: Credentials, timeout_s: float, surroundings: Surroundings
    ) -> None:
        self.address, self.timeout_s, self.surroundings = address, timeout_s, surroundings
        self.bearer = Bearer(credentials)
        secure = credentials.channel_credentials()
        with inside_grpc():
            if secure is None:
                self._channel = grpc.insecure_channel(address.text, options=_options(address))
            else:
                self._channel = grpc.secure_channel(address.text, secure, options=_options(address))
            self._stub: Any = FrontendStub(self._channel)
        self.budget = RetryBudget(surroundings.now_s)
        self.throttle = Throttle(surroundings.now_s, surroundings.chance)
        self._process = os.getpid()
        self.closed = False
        self._left = False

    def ask(
        self,
        method: str,
        request: Any,
        answer: Answer,
        *,
        stands_s: float = 0.0,
        waits_for: WaitsFor = always,
        timeout_s: float | None = None,
    ) -> "Exchange":
        """Start a request. `stands_s`: how long the server may take before it answers in good health. `waits_for`:
        whether it shall be tried again after a refusal. `timeout_s`: how long it is repeated, unless as all others.
        """
        throttle = self.throttle if method in _SHED else None
        lasts_s = stands_s + (self.timeout_s if timeout_s is None else timeout_s)
        exchange = Exchange(self, getattr(self._stub, method), request, answer, stands_s, lasts_s, waits_for, throttle)
        self.budget.call()
        if throttle is not None and throttle.refuses():
            exchange.refuse_here()
        else:
            call_grpc(exchange.attempt)
        return exchange

    @property
    def is_over(self) -> bool:
        """Nobody is here to take an answer: the process ends, or is a fork of the one that asked.

        A child is told by gRPC that its parent's calls were cancelled; sending them again is the parent's.
        """
        return self._left or self._process != os.getpid()

    def close(self) -> None:
        """Requests that are under way end as `Unavailable`."""
        self.closed = True
        call_grpc(self._channel.close)

    def leave(self) -> None:
        """Close without a word to those who wait: only daemon threads are left."""
        self._left = True
        self.close()


class Exchange:
    """One request, sent unchanged until it is answered, refused for good, or out of time.

    The same bytes every time, so the same request token: a lost answer makes nothing twice.
    """

    def __init__(
        self,
        link: Link,
        method: Any,
        request: Any,
        answer: Answer,
        stands_s: float,
        lasts_s: float,
        waits_for: WaitsFor,
        throttle: Throttle | None,
    ) -> None:
        self._link, self._method, self._request, self._answer = link, method, request, answer
        self._try_s = stands_s + TRY_S
        self._lasts_s = lasts_s
        self._ends_at_s = link.surroundings.now_s() + lasts_s
        self._waits_for, self._throttle = waits_for, throttle
        self._failures = 0
        self._cancelled = False
        self._call: Any = None

    def attempt(self) -> None:
        """Send it, for the first time or again."""
        left_s = self._ends_at_s - self._link.surroundings.now_s()
        try:
            self._call = self._method.future(
                self._request,
                timeout=max(0.001, min(left_s, self._try_s)),
                metadata=self._link.bearer.metadata(),
            )
        except ValueError:  # gRPC's word for a closed channel
            self._answer(Unavailable("the app was closed"))
            return
        self._call.add_done_callback(self._ended)
        if self._cancelled:
            self._call.cancel()

    def cancel(self) -> None:
        """End it soon: `answer` is called with `Unavailable`, or with a reply that came first."""
        self._cancelled = True
        if self._call is not None:
            call_grpc(self._call.cancel)

    def _ended(self, call: Any) -> None:
        if self._link.is_over:
            return
        status = call.code()
        refusal = refusal_of(call)
        if self._throttle is not None and isinstance(refusal, Overloaded):
            self._throttle.refused()
        elif self._throttle is not None and not is_transient(status):
            self._throttle.taken()
        if status is grpc.StatusCode.OK:
            self._answer(call.result())
        elif self._cancelled or self._link.closed:
            self._answer(Unavailable("the app was closed"))
        elif refusal is not None:
            self._refused(refusal)
        elif is_transient(status):
            self._again(call)
        else:
            self._answer(error_of(status, call.details() or ""))

    def _again(self, call: Any) -> None:
        surroundings = self._link.surroundings
        ceiling_s = min(_BACKOFF_MAX_S, _BACKOFF_FIRST_S * 2.0 ** min(self._failures, 10))
        wait_s = surroundings.chance() * ceiling_s
        if surroundings.now_s() + wait_s >= self._ends_at_s:
            self._answer(self._no_answer(call))
            return
        if not self._failures:
            log.warning("no answer from the platform at %s; trying again", self._link.address)
        self._failures += 1
        try:
            surroundings.call_later(wait_s, lambda: call_grpc(self.attempt))
        except RuntimeError:  # the process is ending: no new threads
            self._answer(self._no_answer(call))

    def refuse_here(self) -> None:
        """Without asking. Answered a moment later, so that who goes on at once does not go in circles."""
        refusal = Overloaded(
            f"the platform at {self._link.address} is overloaded: it has refused most calls of the last seconds, "
            "and this one was not sent; try again later"
        )
        surroundings = self._link.surroundings
        try:
            surroundings.call_later(surroundings.chance() * _REFUSED_HERE_S, lambda: self._answer(refusal))
        except RuntimeError:  # the process is ending: no new threads
            self._answer(refusal)

    def _refused(self, refusal: Refused) -> None:
        """Wait for as long as the platform says, and a while longer, so that those who wait come apart."""
        surroundings = self._link.surroundings
        wait_s = refusal.retry_after_s + surroundings.chance() * self._jitter_s(refusal)
        in_time = surroundings.now_s() + wait_s < self._ends_at_s
        if not (self._waits_for(refusal) and in_time and self._may_try_again(refusal)):
            self._answer(refusal)
            return
        self._failures += 1
        try:
            surroundings.call_later(wait_s, lambda: call_grpc(self.attempt))
        except RuntimeError:  # the process is ending: no new threads
            self._answer(refusal)

    def _jitter_s(self, refusal: Refused) -> float:
        """What a quota frees is there after the delay: who comes much later leaves it unused."""
        if isinstance(refusal, QuotaExceeded):
            return min(_BACKOFF_MAX_S, refusal.retry_after_s / 2)
        backoff_s = _BACKOFF_FIRST_S * 2.0 ** min(self._failures, 10)
        return min(_BACKOFF_MAX_S, max(refusal.retry_after_s, backoff_s))

    def _may_try_again(self, refusal: Refused) -> bool:
        """To wait is what a quota is for; a platform that is overloaded is asked again only now and then."""
        return isinstance(refusal, QuotaExceeded) or self._link.budget.retry()

    def _no_answer(self, call: Any) -> PenstockError:
        return Unavailable(
            f"no answer from the platform at {self._link.address} within {self._lasts_s:g} s: "
            f"{call.details()}; is it running? `penstock dev` starts one, PENSTOCK_ADDRESS names another"
        )


def _options(address: Address) -> list[tuple[str, int]]:
    options = [
        ("grpc.max_receive_message_length", _REPLY_BYTES_MAX),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", 5_000),  # also how long a connection may take to open
        ("grpc.max_reconnect_backoff_ms", 2_000),
    ]
    if address.is_loopback:  # a proxy of the environment cannot know this machine's own ports
        options.append(("grpc.enable_http_proxy", 0))
    return options
