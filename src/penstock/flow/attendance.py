"""Orchestrators tell once a second who has streams open with them; frontends keep the last word for a few seconds.

Signals may be lost, and orchestrators die without a word: what nobody repeats is forgotten. An orchestrator without
streams says so, so that "nobody is there" and "nobody has said anything" stay apart.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from msgspec import structs

from penstock.model.attendance import NOBODY, Attendance, together
from penstock.model.lane import LambdaId
from penstock.ports.signals import Signals, Topic

TELL_EVERY_S: Final = 1.0
FORGET_AFTER_S: Final = 3.5
"""two rounds may be lost"""
LAMBDAS_A_MESSAGE: Final = 1_000
"""about 30 kB"""


class AttendanceTold(msgspec.Struct, frozen=True, array_like=True):
    """What one orchestrator says: lambdas, and of each the fields of `Attendance` in their order."""

    sender: str
    lambdas: list[int]
    attended: list[tuple[int, int, int, int, int, int, int, float]]


class AttendanceTeller:
    """`look` answers who is there now, by lambda. `sender` names this process."""

    def __init__(self, signals: Signals, sender: str, look: Callable[[], Mapping[LambdaId, Attendance]]) -> None:
        self._signals = signals
        self._sender = sender
        self._look = look
        self._told: frozenset[LambdaId] = frozenset()

    async def run(self) -> None:
        """Tell, until cancelled; then say that nobody is there any more."""
        try:
            while True:
                self.tell()
                await asyncio.sleep(TELL_EVERY_S)
        finally:
            self._tell({})

    def tell(self) -> None:
        """One round of `run`."""
        self._tell(self._look())

    def _tell(self, there: Mapping[LambdaId, Attendance]) -> None:
        gone = dict.fromkeys(self._told - there.keys(), NOBODY)
        self._told = frozenset(there)
        every = list({**there, **gone}.items())
        for start in range(0, max(1, len(every)), LAMBDAS_A_MESSAGE):
            some = every[start : start + LAMBDAS_A_MESSAGE]
            told = AttendanceTold(
                self._sender, [number for number, _ in some], [structs.astuple(each) for _, each in some]
            )
            self._signals.send(Topic.ATTENDANCE, msgspec.msgpack.encode(told))


class AttendanceBook:
    """Implements `ports.attendance.Attendances`."""

    def __init__(self, signals: Signals) -> None:
        self._opened_at = _now()
        self._heard_at: dict[str, float] = {}
        self._there: dict[LambdaId, dict[str, tuple[float, Attendance]]] = {}
        self._stop_listening = signals.listen(Topic.ATTENDANCE, self._hear)

    def stop(self) -> None:
        """Listen no more."""
        self._stop_listening()

    def of(self, lambda_id: LambdaId) -> Attendance | None:
        now = _now()
        said = [each for at, each in self._there.get(lambda_id, {}).values() if now - at < FORGET_AFTER_S]
        if said:
            return together(said)
        is_new = now - self._opened_at < FORGET_AFTER_S
        if is_new or not any(now - at < FORGET_AFTER_S for at in self._heard_at.values()):
            return None
        return NOBODY

    def _hear(self, body: bytes) -> None:
        told = _decode(body)
        if told is None:
            return
        now = _now()
        if told.sender not in self._heard_at:
            self._forget(now)
        self._heard_at[told.sender] = now
        for number, fields in zip(told.lambdas, told.attended, strict=True):
            there, each = self._there.setdefault(LambdaId(number), {}), Attendance(*fields)
            if each == NOBODY:
                there.pop(told.sender, None)
            else:
                there[told.sender] = (now, each)
            if not there:
                del self._there[LambdaId(number)]

    def _forget(self, now: float) -> None:
        """Orchestrators come and go under ever new names: what the gone ones said goes, too."""
        for sender in [sender for sender, at in self._heard_at.items() if now - at >= FORGET_AFTER_S]:
            del self._heard_at[sender]
            for there in self._there.values():
                there.pop(sender, None)


def _decode(body: bytes) -> AttendanceTold | None:
    try:
        told = msgspec.msgpack.decode(body, type=AttendanceTold)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None  # a hint from a stranger or another version
    return told if len(told.lambdas) == len(told.attended) else None


def _now() -> float:
    return asyncio.get_running_loop().time()
