"""Events on their way out of delivery: what a session weighs and remembers."""

from penstock.delivery.session import NEVER, Session
from penstock.model.delivery import Span
from penstock.model.event import Event
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, Priority
from penstock.model.limits import BATCH_BYTES_MAX
from penstock.model.task import ClaimKey
from penstock.model.work import Assignment, Hello, WorkMessage
from penstock.testing.virtual_loop import run_virtual


def delivery(number: int, data_bytes: int) -> Assignment:
    task_id = TaskId(number.to_bytes(16, "big"))
    events = [Event("files", "a", at, 1, "", "", "", 1, "", bytes(data_bytes // 4), {}) for at in range(4)]
    return Assignment(task_id, 1, "search.index", b"", 0, 0, "", Priority.LOW, events, Span("files", "a", 0, 3))


def test_events_count_for_the_size_of_a_message_and_are_not_kept_when_it_is_sent() -> None:
    async def main() -> None:
        session = Session(Hello("host/1", "", ("search.index",)), {LambdaId(1): "search.index"}, WorkMessage())
        sent = [delivery(number, BATCH_BYTES_MAX * 2 // 5) for number in range(5)]
        session.assign(NEVER, sent)
        messages = session.messages()
        await anext(messages)
        taken: list[int] = []
        while sum(taken) < len(sent):
            taken.append(len((await anext(messages)).assignments))
        assert taken == [2, 2, 1]
        assert list(session.sent_last) == [ClaimKey(each.id, each.claim) for each in sent]

    run_virtual(main())
