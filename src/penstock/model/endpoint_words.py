"""Why work for an endpoint does not run, where the endpoint is the reason."""

from collections.abc import Sequence
from typing import Final

from penstock.model.endpoint import Endpoint, Health, TargetHealth
from penstock.model.explanation import Explanation, Why
from penstock.model.spoken import moment

NOBODY_TAKES: Final = frozenset({Why.NOT_KNOWN, Why.NO_WORKER, Why.SILENT, Why.BUSY, Why.BEHIND, Why.NEXT})
"""Answers that say less than the endpoint knows."""


def at_endpoint(answer: Explanation, endpoint: Endpoint, told: Sequence[TargetHealth], now_us: int) -> Explanation:
    """The answer, or a better one: work waits for its endpoint. `told`: what push workers said in the last moments."""
    name = endpoint.lambda_name
    if answer.code not in NOBODY_TAKES:
        return answer
    if not endpoint.enabled:
        return Explanation(
            Why.ENDPOINT,
            f"Endpoint {name} is disabled since {moment(endpoint.disabled_at_us, now_us)}:"
            f" {' '.join(endpoint.disabled_because.split())}.",
            f"`penstock endpoints enable {name}` sends work to it again.",
            answer.notes,
        )
    ours = [word for word in told if word.url in endpoint.urls]
    if not ours:
        return Explanation(
            Why.ENDPOINT,
            f"{name} is an HTTP endpoint, and no push worker has told of it in the last moments.",
            "`penstock server` and `penstock dev` start one; `penstock server --role push` is one.",
            answer.notes,
        )
    notes = tuple(_of(word, now_us) for word in ours if word.health is not Health.WELL)
    if len(notes) < len(ours):  # somebody is well: it waits as for any worker
        return Explanation(answer.code, answer.sentence, answer.remedy, (*answer.notes, *notes))
    return Explanation(
        Why.ENDPOINT,
        notes[0],
        f"`penstock endpoints show {name}` shows how it stands. It is tried by itself when its wait is "
        "over; `penstock endpoints disable` and `enable` have it tried at once.",
        (*answer.notes, *notes[1:]),
    )


def _of(word: TargetHealth, now_us: int) -> str:
    since = moment(word.since_us, now_us)
    after = f" Its latest answer: {' '.join(word.problem.split())}." if word.problem else ""
    if word.health is Health.OPEN:
        return (
            f"Endpoint {word.url} is open since {since}: it fails; next probe at {moment(word.next_us, now_us)}.{after}"
        )
    if word.health is Health.THROTTLED:
        return f"Endpoint {word.url} has asked for less since {since}, until {moment(word.next_us, now_us)}.{after}"
    return f"Endpoint {word.url} is half open since {since}: one request goes to see.{after}"
