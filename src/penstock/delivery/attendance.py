"""Who has streams open here, counted lambda by lambda, for people who ask why nothing runs."""

from collections.abc import Iterable

from penstock.delivery.session import Session
from penstock.model.attendance import Attendance
from penstock.model.lane import LambdaId


def attendance_of(sessions: Iterable[Session]) -> dict[LambdaId, Attendance]:
    """By lambda; only those that somebody serves."""
    streams: dict[LambdaId, list[Session]] = {}
    for session in sessions:
        for lambda_id in session.lambdas:
            streams.setdefault(lambda_id, []).append(session)
    # Streams that serve the same lambdas, as the executors of one app do, are counted once for all of them.
    counted: dict[tuple[int, ...], Attendance] = {}
    found = {}
    for lambda_id, served_by in streams.items():
        who = tuple(map(id, served_by))
        if who not in counted:
            counted[who] = _count(served_by)
        found[lambda_id] = counted[who]
    return found


def _count(sessions: list[Session]) -> Attendance:
    silent = sum(session.is_silent for session in sessions)
    heard = [session for session in sessions if not session.is_silent]
    stopping = sum(session.stopping for session in heard)
    working = [session for session in heard if not session.stopping]
    alone = [session for session in working if session.hello.quarantine]
    ordinary = [session for session in working if not session.hello.quarantine]
    ready = [session for session in ordinary if session.credit > 0]
    return Attendance(
        ready=len(ready),
        busy=len(ordinary) - len(ready),
        silent=silent,
        stopping=stopping,
        quarantine_ready=sum(session.credit > 0 for session in alone),
        quarantine_busy=sum(session.credit <= 0 for session in alone),
        credit=sum(session.credit for session in ready),
        busy_s=0.0 if ready else min((session.without_credit_s for session in ordinary), default=0.0),
    )
