"""One attempt: a claim becomes a request, and an answer becomes a report."""

import asyncio
from collections.abc import Callable

import msgspec

from penstock.execution.endings import ended_as, handed_back, raised, returned
from penstock.execution.held import Held
from penstock.execution.push.target import Target
from penstock.execution.turn import Turn
from penstock.model.cloud_event import Message, is_json, is_json_text, message_of_events, message_of_task
from penstock.model.endpoint import Endpoint
from penstock.model.endpoint_answer import OK, Answer, Judgement, Meaning, NoAnswer, judge
from penstock.model.endpoint_secret import signed_headers
from penstock.model.event import Event as StreamEvent
from penstock.model.lifecycle import Event
from penstock.model.limits import RESULT_BYTES_MAX
from penstock.model.task import Failure, Report
from penstock.ports.poster import Post, Poster

_NOTHING = b"null"


class Attempts:
    """At one endpoint. `wall_s`: seconds since 1970, for signatures; `on_gone` is told of an address that is."""

    def __init__(
        self,
        endpoint: Endpoint,
        poster: Poster,
        user_agent: str,
        now_s: Callable[[], float],
        wall_s: Callable[[], float],
        chance: Callable[[], float],
        on_gone: Callable[[Target, str], None],
    ) -> None:
        self._endpoint = endpoint
        self._spec = endpoint.spec
        self._poster = poster
        self._user_agent = user_agent
        self._now_s = now_s
        self._wall_s = wall_s
        self._chance = chance
        self._on_gone = on_gone

    async def run(self, held: Held, target: Target, turn: Turn) -> Report:
        """Never raises."""
        try:
            answer = await self._poster.post(self._post(held, target))
            judgement = judge(answer, self._spec.answers, self._wall_s())
            return await self._report(held, target, turn, answer, judgement)
        except NoAnswer as error:
            problem = str(error)
            target.went_wrong(problem, ill=True, now_s=self._now_s(), chance=self._chance())
            kind = "EndpointForbidden" if error.forbidden else "NoAnswer"
            return self._failed(held, target, turn, Event.FAILED_RETRIABLY, problem, kind)
        except BaseException as error:  # noqa: BLE001 - a cancel, or a bug of ours: the claim is reported all the same
            return raised(held, error, turn.run_us(held))

    async def _report(self, held: Held, target: Target, turn: Turn, answer: Answer, judgement: Judgement) -> Report:
        now_s, problem = self._now_s(), judgement.problem
        if judgement.meaning is Meaning.DONE:
            target.went_well(now_s)
            return returned(held, _result(answer), turn.run_us(held))
        if judgement.meaning is Meaning.UNKNOWN:
            return await self._wait_in_vain(held, target, turn)
        if judgement.meaning is Meaning.GONE:
            target.note(problem)
            self._on_gone(target, f"{target.url} {problem}")
            return handed_back(held)
        if judgement.meaning is Meaning.THROTTLED:
            return self._throttled(held, target, turn, judgement)
        target.went_wrong(problem, ill=judgement.ill, now_s=now_s, chance=self._chance())
        fatal = judgement.meaning is Meaning.FATAL
        ending = Event.FAILED_FATALLY if fatal else Event.FAILED_RETRIABLY
        return self._failed(held, target, turn, ending, _with_body(problem, answer))

    async def _wait_in_vain(self, held: Held, target: Target, turn: Turn) -> Report:
        """It has accepted, and its slot stays taken until the deadline: it is at it, for all that is known."""
        target.is_alive(self._now_s())
        unknown_s = self._spec.answers.unknown_s
        await asyncio.sleep(unknown_s)
        target.note(problem := f"answered 202, and nothing was known after {unknown_s:g} s")
        target.failed += 1
        return self._failed(held, target, turn, Event.FAILED_RETRIABLY, problem)

    def _throttled(self, held: Held, target: Target, turn: Turn, judgement: Judgement) -> Report:
        target.note(judgement.problem)
        wait_s = target.throttle.hit(judgement.wait_s, self._now_s(), self._chance())
        if self._spec.answers.throttling_costs_attempts:
            target.failed += 1
            return self._failed(held, target, turn, Event.FAILED_RETRIABLY, judgement.problem, delay_s=wait_s)
        return handed_back(held)

    def _failed(
        self,
        held: Held,
        target: Target,
        turn: Turn,
        ending: Event,
        problem: str,
        kind: str = "EndpointFailed",
        delay_s: float | None = None,
    ) -> Report:
        return ended_as(held, ending, turn.run_us(held), Failure(kind, f"{target.url}: {problem}"), delay_s)

    def _post(self, held: Held, target: Target) -> Post:
        message = self._message(held)
        spec = self._spec
        return Post(
            url=target.url,
            headers=(
                *spec.headers,
                *message.headers,
                *signed_headers(self._endpoint.secrets, message.id, int(self._wall_s()), message.body),
                ("user-agent", self._user_agent),
                ("accept-encoding", "identity"),
            ),
            body=message.body,
            connect_timeout_s=spec.connect_timeout_s,
            read_timeout_s=spec.read_timeout_s,
            timeout_s=spec.timeout_s,
            answer_bytes_max=RESULT_BYTES_MAX + 1,
        )

    def _message(self, held: Held) -> Message:
        endpoint, spec = self._endpoint, self._spec
        if held.span is None:
            assert isinstance(held.payload, bytes)
            return message_of_task(
                held.id, endpoint.namespace, held.lambda_name, held.scheduled_at_us, held.payload, spec.mode
            )
        events = [event for event in held.payload if isinstance(event, StreamEvent)]
        batched = spec.subscription is not None and spec.subscription.batch_max > 1
        return message_of_events(held.id, held.lambda_name, held.span, events, spec.mode, batched)


def _result(answer: Answer) -> bytes:
    """What a 200 says, as JSON: JSON as it stands, text as a string. Too much of it is left out later, by its size."""
    if answer.status != OK or not answer.body:
        return _NOTHING
    if answer.cut:
        return answer.body
    if is_json(answer.content_type):
        return answer.body if is_json_text(answer.body) else _NOTHING
    try:
        return msgspec.json.encode(answer.body.decode()) if answer.content_type.startswith("text/") else _NOTHING
    except UnicodeDecodeError:
        return _NOTHING


def _with_body(problem: str, answer: Answer) -> str:
    """What an endpoint says of a failure is for its owner's eyes."""
    said = " ".join(answer.body[:2_000].decode(errors="replace").split())
    return f"{problem}: {said[:500]}" if said and said.isprintable() else problem
