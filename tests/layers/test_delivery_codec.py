"""Subscriptions and deliveries on the wire: what goes in comes out, and what is malformed is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from penstock.model.delivery import Span
from penstock.model.errors import InvalidInput
from penstock.model.event import Event
from penstock.model.identity import TaskId
from penstock.model.lane import Priority
from penstock.model.subscription import START_NOW, EventFilter, Order, SubscriptionSpec, WhenDead
from penstock.model.work import Assignment, WorkMessage
from penstock.wire import codec
from penstock.wire.subscription_codec import subscription_from_wire, subscription_to_wire
from penstock.wire.v1 import penstock_pb2 as pb
from tests.layers.test_codec import assignments as tasks
from tests.layers.test_codec import ids

LAMBDAS = ("mail.send", "mail.news")
texts = st.text(st.characters(codec="utf-8"), max_size=20)
sequences = st.integers(0, 2**63 - 1)
spans = st.builds(
    Span,
    stream=st.sampled_from(["files", "orders"]),
    subject=st.sampled_from(["a", "b", "ä"]),
    after=sequences,
    upto=sequences,
)
few = st.sampled_from(["", "x"])


@st.composite
def deliveries(draw: st.DrawFn) -> Assignment:
    span = draw(spans)
    events = st.builds(
        Event,
        stream=st.just(span.stream),
        subject=st.just(span.subject),
        sequence=sequences,
        appended_at_us=sequences,
        source=few,
        id=texts,
        type=few,
        time_us=sequences,
        content_type=few,
        data=st.binary(max_size=20),
        extensions=st.dictionaries(texts, texts, max_size=2),
    )
    handed = draw(st.lists(events, min_size=1, max_size=4))
    return Assignment(draw(ids), 3, LAMBDAS[1], b"", 2, 7, "", Priority.LOW, handed, span)


def through_the_wire(sent: list[Assignment]) -> list[Assignment]:
    message = codec.message_to_wire(WorkMessage(sent), {name: at for at, name in enumerate(LAMBDAS)})
    wire = pb.WorkReply.FromString(message.SerializeToString())
    return codec.message_from_wire(wire, LAMBDAS).assignments


@given(st.lists(deliveries(), max_size=5))
def test_deliveries_survive_the_wire(sent: list[Assignment]) -> None:
    assert through_the_wire(sent) == sent


@given(st.lists(deliveries() | tasks, max_size=8))
def test_deliveries_among_tasks_survive_the_wire(sent: list[Assignment]) -> None:
    assert through_the_wire(sent) == sent


def test_what_is_the_same_for_all_is_sent_once() -> None:
    event = Event("files", "a", 1, 2, "/streams/files", "e1", "file.made", 3, "application/json", b"{}", {})
    events = [structs.replace(event, sequence=number, id=f"e{number}") for number in range(1, 101)]
    one = Assignment(TaskId(bytes(16)), 1, LAMBDAS[0], b"", 0, 0, "", Priority.LOW, events, Span("files", "a", 0, 100))
    sent = codec.message_to_wire(WorkMessage([one, one]), {LAMBDAS[0]: 0}).assignments.deliveries
    columns = (sent.streams, sent.types, sent.sources, sent.content_types, sent.positions)
    assert [len(column) for column in columns] == [1, 1, 1, 1, 0]
    assert (len(sent.subjects), len(sent.ids), list(sent.counts)) == (2, 200, [100, 100])


def test_what_differs_is_sent_for_each() -> None:
    first = Event("files", "a", 1, 2, "/streams/files", "e1", "file.made", 3, "application/json", b"{}", {})
    second = structs.replace(first, sequence=2, type="file.gone", source="/disk", content_type="image/png")
    span = Span("files", "a", 0, 2)
    one = Assignment(TaskId(bytes(16)), 1, LAMBDAS[0], b"", 0, 0, "", Priority.LOW, [first, second], span)
    assert through_the_wire([one]) == [one]


def test_tasks_carry_nothing_of_deliveries() -> None:
    task = Assignment(TaskId(bytes(16)), 1, LAMBDAS[0], b"{}", 0, 0, "", Priority.LOW)
    assert not codec.message_to_wire(WorkMessage([task]), {LAMBDAS[0]: 0}).assignments.HasField("deliveries")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"upto": [1, 2]}, "upto: has 2 values for 1 ids"),
        ({"upto": [-1]}, "upto: -1 is no sequence; echo what came with the delivery"),
        ({"failed_at": {1: 5}}, "failed_at: names position 1 of 1 ids"),
        ({"failed_at": {0: -5}}, "failed_at: -5 is no sequence"),
    ],
)
def test_a_malformed_result_is_refused_with_its_place(wrong: dict[str, object], words: str) -> None:
    request = pb.SetResultsRequest(
        task_ids=b"x" * 16,
        claims=[1],
        endings=[pb.ENDING_SUCCEEDED],
        results=[b""],
        run_us=[1],
        **wrong,  # type: ignore[arg-type]
    )
    with pytest.raises(InvalidInput, match=words):
        codec.reports_from_wire(request)


@given(
    st.builds(
        SubscriptionSpec,
        stream=texts,
        order=st.sampled_from(Order),
        batch_max=st.integers(1, 1000),
        wanted=st.builds(
            EventFilter,
            types=st.lists(texts, max_size=3).map(tuple),
            attributes=st.dictionaries(texts, texts, max_size=3).map(lambda each: tuple(sorted(each.items()))),
            tree=texts,
        ),
        start_at_us=st.integers(START_NOW, 2**62),
        after=st.lists(texts, max_size=3).map(tuple),
        when_dead=st.sampled_from(WhenDead),
    )
)
def test_a_subscription_survives_the_wire(spec: SubscriptionSpec) -> None:
    wire = pb.Subscription.FromString(subscription_to_wire(spec).SerializeToString())
    assert subscription_from_wire(wire) == spec


def test_what_is_not_set_has_its_default() -> None:
    assert subscription_from_wire(pb.Subscription(stream="files")) == SubscriptionSpec("files")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (pb.Subscription(order=9), "order: 9 is none; use subject, latest or none"),  # type: ignore[arg-type]
        (pb.Subscription(when_dead=9), "when_dead: 9 is none; use block, skip or pass"),  # type: ignore[arg-type]
        (pb.Subscription(start_at_us=-1), "start: -1 us since 1970 are before it; leave it out to start now"),
    ],
)
def test_a_malformed_subscription_is_refused(wrong: pb.Subscription, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        subscription_from_wire(wrong)
