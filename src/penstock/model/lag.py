"""What a source has, against what the cursors of its subscribers say. Pure; who asks for both is elsewhere."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from penstock.model.cursors import StandingRow
from penstock.model.delivery import delivery_id
from penstock.model.event import StreamId
from penstock.model.identity import TaskId, bucket_of_key
from penstock.model.refresh import Behind
from penstock.model.stream import SubjectHead
from penstock.model.subscription import Subscription


class Lag(Struct, frozen=True):
    """A subject that a subscription has not completed."""

    subject: SubjectHead
    """with what its source has"""
    subscription: Subscription
    id: TaskId
    row: Behind
    """of a row that is missing: -1, while `cursor` is where it would begin"""
    cursor: int
    reach: int
    """how far it may go now: what its source has, or the least cursor of those before it"""


class Questions(Struct, frozen=True):
    """Every <subscription, subject> of a page, in columns."""

    heads: Sequence[SubjectHead]
    subscriptions: Sequence[Subscription]
    ids: list[TaskId]

    @property
    def sequences(self) -> list[int]:
        """What each is asked for."""
        each = len(self.subscriptions)
        return [head.sequence for head in self.heads for _ in range(each)]

    def place(self, number: int) -> tuple[SubjectHead, Subscription]:
        """What a question was about."""
        subject, subscription = divmod(number, len(self.subscriptions))
        return self.heads[subject], self.subscriptions[subscription]


def questions_of(stream_id: StreamId, heads: Sequence[SubjectHead], subscriptions: Sequence[Subscription]) -> Questions:
    """For each subject in turn, each subscription."""
    ids = []
    for head in heads:
        bucket = bucket_of_key(head.subject.encode())
        ids += [delivery_id(each.lambda_id, stream_id, head.subject_hash, bucket) for each in subscriptions]
    return Questions(heads, subscriptions, ids)


def lag_of_aside(subscription: Subscription, standing: StandingRow) -> Lag:
    """Of an event that was set aside and is not done: its subject's cursor has passed it."""
    row, trigger = standing.row, standing.row.trigger
    counts = (trigger.attempts, trigger.crashes, trigger.lapses, standing.stands_us)
    behind = Behind(0, row.cursor, row.head, trigger.status, trigger.held_for, *counts)
    head = SubjectHead(row.subject, row.subject_hash, row.head, 1, 0)
    return Lag(head, subscription, trigger.id, behind, row.cursor, row.head)


def lags_of(asked: Questions, answers: Sequence[tuple[Behind, int]]) -> Iterator[Lag]:
    """Of answers in the order of the questions, each with its cursor: that of a missing row is where it would begin.
    Who begins beyond what there is has nothing to do.
    """
    at = 0
    while at < len(answers):
        subject = answers[at][0].number // len(asked.subscriptions)
        end = at
        while end < len(answers) and answers[end][0].number // len(asked.subscriptions) == subject:
            end += 1
        yield from _of_one_subject(asked, answers[at:end])
        at = end


def _of_one_subject(asked: Questions, answers: Sequence[tuple[Behind, int]]) -> Iterator[Lag]:
    cursors = {asked.place(row.number)[1].lambda_id: cursor for row, cursor in answers}
    found: list[tuple[Behind, int, SubjectHead, Subscription]] = []
    for row, cursor in answers:
        head, subscription = asked.place(row.number)
        if cursor < head.sequence:
            found.append((row, cursor, head, subscription))
    for row, cursor, head, subscription in found:
        before = [cursors.get(other, head.sequence) for other in subscription.after]
        reach = min([head.sequence, *before])
        yield Lag(head, subscription, asked.ids[row.number], row, cursor, reach)
