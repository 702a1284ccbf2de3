"""All endpoints in this push worker: as the store has them, each served as long as it is enabled."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from penstock.execution.push.pooled import PooledOrchestrators
from penstock.execution.push.pushed import Pushed, PushTuning, Surroundings
from penstock.execution.push.target import Targets
from penstock.model.endpoint import Endpoint, TargetHealth
from penstock.model.errors import PenstockError
from penstock.model.lane import LambdaId
from penstock.ports.endpoints import Endpoints
from penstock.ports.orchestrators import Orchestrators
from penstock.ports.poster import Poster
from penstock.ports.signals import Signals, Topic

__all__ = ["Fleet", "PushTuning"]

_LOG = logging.getLogger("penstock.execution")


class Fleet:
    """`orchestrators`: those as seen by a namespace. `run` returns after `stop`."""

    def __init__(
        self,
        worker: str,
        endpoints: Endpoints,
        signals: Signals,
        orchestrators: Callable[[str], Orchestrators],
        poster: Poster,
        tuning: PushTuning,
        wall_s: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self._endpoints = endpoints
        self._signals = signals
        self._orchestrators = orchestrators
        self._pooled: dict[str, PooledOrchestrators] = {}
        self._poster = poster
        self._tuning = tuning
        self._worker = worker
        self._around = Surroundings(
            worker, poster, f"Penstock/{tuning.version or '0'}", wall_s, chance, tuning, self._is_gone
        )
        self._serving: dict[LambdaId, Pushed] = {}
        self._targets: dict[LambdaId, Targets] = {}
        self._runs: dict[asyncio.Task[None], LambdaId] = {}
        self._orders: set[asyncio.Task[None]] = set()
        self._told: dict[tuple[LambdaId, str], TargetHealth] = {}
        self._told_all_s = float("-inf")
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()

    @property
    def serves(self) -> Sequence[Endpoint]:
        """Those that are served now."""
        return [pushed.endpoint for pushed in self._serving.values()]

    def stop(self) -> None:
        """First call: requests may end. Second: now."""
        if self._stopping.is_set():
            for pushed in self._serving.values():
                pushed.stop(now=True)
        self._stopping.set()
        self._changed.set()

    async def run(self) -> None:
        """Look, serve, tell."""
        stop_listening = self._signals.listen(Topic.ENDPOINTS, lambda _: self._changed.set())
        telling = asyncio.create_task(self._tell_health())
        try:
            while not self._stopping.is_set():
                self._changed.clear()
                try:
                    self._use(await self._endpoints.all())
                except PenstockError as error:
                    _LOG.warning("the endpoints are not known for now: %s", error)
                try:
                    async with asyncio.timeout(self._tuning.look_every_s):
                        await self._changed.wait()
                except TimeoutError:
                    pass
        finally:
            stop_listening()
            telling.cancel()
            for pushed in self._serving.values():
                pushed.stop()
            while self._runs:
                await asyncio.wait(tuple(self._runs))
            await asyncio.gather(telling, *self._orders, return_exceptions=True)

    def _use(self, endpoints: Sequence[Endpoint]) -> None:
        wanted = {each.lambda_id: each for each in endpoints if each.enabled and each.urls}
        for lambda_id, pushed in tuple(self._serving.items()):
            if lambda_id not in wanted or _differs(pushed.endpoint, wanted[lambda_id]):
                del self._serving[lambda_id]
                pushed.stop()
        # What is disabled is forgotten, too: who enables it again has it tried at once, whatever it asked for before.
        for lambda_id in [each for each in self._targets if each not in wanted]:
            self._forget(self._targets.pop(lambda_id))
        for lambda_id, endpoint in wanted.items():
            if lambda_id not in self._serving:
                self._serve(endpoint)

    def _serve(self, endpoint: Endpoint) -> None:
        targets = self._targets.setdefault(endpoint.lambda_id, Targets())
        for url in targets.use(endpoint.urls, endpoint.spec, asyncio.get_running_loop().time()):
            self._poster.forget(url)
        pushed = Pushed(endpoint, targets, self._pool_of(endpoint.namespace), self._around)
        self._serving[endpoint.lambda_id] = pushed
        run = asyncio.create_task(pushed.run())
        self._runs[run] = endpoint.lambda_id
        run.add_done_callback(lambda ended: self._ended(ended, pushed))

    def _pool_of(self, namespace: str) -> PooledOrchestrators:
        pooled = self._pooled.get(namespace)
        if pooled is None:
            pooled = self._pooled[namespace] = PooledOrchestrators(self._orchestrators(namespace))
        return pooled

    def _ended(self, run: asyncio.Task[None], pushed: Pushed) -> None:
        lambda_id = self._runs.pop(run)
        if not run.cancelled() and run.exception() is not None:
            _LOG.error("%s: cannot be served", pushed.endpoint.lambda_name, exc_info=run.exception())
        if self._serving.get(lambda_id) is pushed:  # it died: the next look starts it anew
            del self._serving[lambda_id]

    def _forget(self, targets: Targets) -> None:
        for target in targets:
            self._poster.forget(target.url)

    def _is_gone(self, endpoint: Endpoint, url: str, because: str) -> None:
        order = asyncio.create_task(self._note_gone(endpoint, url, because))
        self._orders.add(order)
        order.add_done_callback(self._orders.discard)

    async def _note_gone(self, endpoint: Endpoint, url: str, because: str) -> None:
        """Until the store knows: here it is called no more in any case."""
        while not self._stopping.is_set():
            try:
                await self._endpoints.gone(endpoint.lambda_id, url, because)
            except PenstockError as error:
                _LOG.warning("%s is gone, which could not be noted: %s", url, error)
                await asyncio.sleep(self._tuning.tell_every_s)
            else:
                self._signals.send(Topic.ENDPOINTS, b"")
                return

    async def _tell_health(self) -> None:
        while True:
            await asyncio.sleep(self._tuning.tell_every_s)
            now_s = asyncio.get_running_loop().time()
            seen = self._seen(now_s)
            news = seen
            if now_s - self._told_all_s < self._tuning.tell_again_s:
                news = {key: word for key, word in seen.items() if _is_news(self._told.get(key), word)}
            if not news:
                continue
            try:
                await self._endpoints.tell(list(news.values()))
            except PenstockError as error:
                _LOG.debug("health was not told: %s", error)
                continue
            self._told = seen if news is seen else {**self._told, **news}
            if news is seen:
                self._told_all_s = now_s

    def _seen(self, now_s: float) -> dict[tuple[LambdaId, str], TargetHealth]:
        wall_us = int(self._around.wall_s() * 1_000_000)

        def at_us(moment_s: float) -> int:
            return wall_us + int((moment_s - now_s) * 1_000_000)

        words = {}
        for lambda_id, targets in self._targets.items():
            for target in targets:
                health, since_s, next_s = target.health(now_s)
                words[lambda_id, target.url] = TargetHealth(
                    lambda_id,
                    target.url,
                    self._worker,
                    health,
                    at_us(since_s),
                    at_us(next_s) if next_s else 0,
                    target.in_flight,
                    target.succeeded,
                    target.failed,
                    target.problem,
                )
        return words


def _differs(served: Endpoint, wanted: Endpoint) -> bool:
    """In what matters to who serves it. When a previous secret is no longer good, the version stays."""
    return served.version != wanted.version or served.secrets != wanted.secrets


def _is_news(told: TargetHealth | None, word: TargetHealth) -> bool:
    return told is None or told.health is not word.health or told.problem != word.problem
