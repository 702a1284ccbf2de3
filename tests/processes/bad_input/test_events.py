"""Events, subjects and sequences that are wrong, as raw calls: each is refused in a sentence, and no row changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import INVALID, PATIENCE_S, refusal

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

STREAM = "bad-input"


def publication(**columns: Any) -> pb.PublishRequest:
    """One event that is right but for what is said."""
    token = columns.pop("request_token", b"")
    right: dict[str, Any] = {"stream": STREAM, "subjects": ["known"], "types": ["changed"], "data": [b"{}"]}
    return pb.PublishRequest(groups=[pb.EventGroup(**(right | columns))], request_token=token)


@pytest.fixture(scope="module")
def head(platform: Platform) -> int:
    """The sequence of the only event of the subject `known`."""
    reply = platform.frontend.Publish(publication(), timeout=PATIENCE_S)
    return int(reply.sequences[0])


@pytest.fixture
def kept(head: int, request: pytest.FixtureRequest) -> int:
    """The head, which must stay, as all else: looked at from now on."""
    request.getfixturevalue("unchanged")
    return head


EVENTS: list[tuple[dict[str, Any], str]] = [
    ({"stream": ""}, "groups[0].stream: '' is not a name"),
    ({"stream": "No Name"}, "groups[0].stream: 'No Name' is not a name"),
    ({"stream": "x" * 65}, "groups[0].stream"),
    ({"subjects": []}, "groups[0].subjects[0]: is empty; say what the event is about"),
    ({"subjects": [""]}, "groups[0].subjects[0]: is empty"),
    ({"subjects": ["x" * 1025]}, "groups[0].subjects[0]: has 1025 bytes; the limit is 1024"),
    ({"subjects": ["a\x00b"]}, "groups[0].subjects[0]: holds a NUL"),
    ({"subjects": ["a", "b"]}, "groups[0].subjects: has 2 entries for 1 events"),
    ({"types": []}, "groups[0].types[0]: is empty; say what kind of event it is"),
    ({"types": ["x" * 257]}, "groups[0].types[0]: has 257 bytes"),
    ({"sources": ["x" * 1025]}, "groups[0].sources[0]: has 1025 bytes"),
    ({"ids": ["x" * 1025]}, "groups[0].ids[0]: has 1025 bytes"),
    ({"times_us": [-1]}, "groups[0].times_us[0]: -1 us since 1970 are outside"),
    ({"times_us": [2**63 - 1]}, "groups[0].times_us[0]"),
    ({"content_types": ["nothing"]}, "groups[0].content_types[0]: 'nothing' is no media type"),
    ({"content_types": ["a/b\r\nx: y"]}, "groups[0].content_types[0]"),
    ({"extensions": [{"attributes": {"Region": "eu"}}]}, "groups[0].extensions[0]: 'Region' is not the name of one"),
    ({"extensions": [{"attributes": {"specversion": "2"}}]}, "groups[0].extensions[0]: 'specversion' is an attribute"),
    ({"extensions": [{"attributes": {f"n{n}": "" for n in range(21)}}]}, "groups[0].extensions[0]: are 21"),
    ({"expected": [-2]}, "groups[0].expected[0]: -2 is no sequence"),
    ({"data": [b"{"]}, "groups[0].data[0]: is not JSON"),
    ({"data": [b"\xff"]}, "groups[0].data[0]"),
    ({"data": [b"[" * 65 + b"]" * 65]}, "groups[0].data[0]: nests deeper than 64 levels"),
    ({"data": [b'"' + b"x" * 262_143 + b'"']}, "groups[0].data[0]: has 262145 bytes; the limit is 262144"),
    ({"data": [b"1"] * 1_001}, "groups: hold 1001 events; the limit of a call is 1000"),
    ({"data": [b"x" * 262_144] * 5, "content_types": ["a/b"]}, "groups: hold 1310720 bytes"),
    ({"request_token": b"short"}, "request_token: has 5 bytes"),
]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(("columns", "hint"), EVENTS, ids=[hint[:50] for _, hint in EVENTS])
def test_an_event_that_is_none(platform: Platform, columns: dict[str, Any], hint: str) -> None:
    status, sentence = refusal(platform.frontend.Publish, publication(**columns))
    assert status is INVALID
    assert sentence.startswith(hint)


@pytest.mark.usefixtures("kept")
def test_one_wrong_event_among_good_ones_stores_none(platform: Platform) -> None:
    request = publication(data=[b"1"] * 3, subjects=["new", "", "known"], stream="never-made")
    assert refusal(platform.frontend.Publish, request).sentence.startswith("groups[0].subjects[1]: is empty")


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("of", [1, -1, 10**15])
def test_a_sequence_that_is_not_the_subjects(platform: Platform, head: int, of: int) -> None:
    request = publication(expected=[min(head + of, 2**63 - 1)])
    status, sentence = refusal(platform.frontend.Publish, request)
    assert status is grpc.StatusCode.FAILED_PRECONDITION
    assert sentence.startswith(f"groups[0].expected[0]: subject 'known' has reached sequence {head}, and ")


@pytest.mark.usefixtures("kept")
def test_a_first_event_of_a_subject_that_has_one(platform: Platform) -> None:
    new = publication(subjects=["new"], expected=[5])
    assert "has reached sequence 0, so has no event" in refusal(platform.frontend.Publish, new).sentence


QUESTIONS: list[tuple[str, Any, str]] = [
    ("ReadEvents", pb.ReadEventsRequest(stream="No Name"), "stream: 'No Name' is not a name"),
    ("ReadEvents", pb.ReadEventsRequest(stream=STREAM, subject="x" * 1025), "subject: has 1025 bytes"),
    ("ReadEvents", pb.ReadEventsRequest(stream=STREAM, subject="known", after=-1), "after: -1 is no sequence"),
    ("ReadEvents", pb.ReadEventsRequest(stream=STREAM, after=1), "after: is a sequence, which only a subject has"),
    ("ReadEvents", pb.ReadEventsRequest(stream=STREAM, page_size=1_001), "page_size: 1001 is outside"),
    ("ReadEvents", pb.ReadEventsRequest(stream=STREAM, page_token="x"), "page_token: is not one"),
    ("ListStreams", pb.ListStreamsRequest(page_token="ä"), "page_token: is not one"),
    ("ListStreams", pb.ListStreamsRequest(stream="x" * 65), "stream: "),
    ("ListSubjects", pb.ListSubjectsRequest(stream=STREAM, page_token="eA=="), "page_token: is not one"),
    ("SetStream", pb.SetStreamRequest(stream=STREAM, keep_s=1), "keep_s: 1 s are outside of 1 hour to 3660 days"),
    ("SetStream", pb.SetStreamRequest(stream=STREAM, keep_s=float("nan")), "keep_s: nan s are outside"),
    ("SetStream", pb.SetStreamRequest(stream="", keep_s=7_200), "stream: '' is not a name"),
    ("SetStream", pb.SetStreamRequest(stream=STREAM, hold_s=-1), "hold_s: -1 s are outside of 1 hour to 3660 days"),
    ("SetStream", pb.SetStreamRequest(stream=STREAM, hold_s=float("inf")), "hold_s: inf s are outside"),
    ("SetStream", pb.SetStreamRequest(stream=STREAM, keep_s=9e4, hold_s=9e4), "hold_s: 90000 s are not longer than"),
    ("SetStream", pb.SetStreamRequest(stream=STREAM, blocked_s=1), "blocked_s: 1 s are outside of 1 hour"),
    ("SetStream", pb.SetStreamRequest(stream=STREAM, unseen_s=7_200), "unseen_s: 7200 s are outside of 1 day"),
    ("Verify", pb.VerifyRequest(stream="../files"), "stream: '../files' is not a name"),
    ("Verify", pb.VerifyRequest(stream=STREAM, page_size=1_001), "page_size: 1001 is outside of 1 to 1000"),
    ("Verify", pb.VerifyRequest(stream=STREAM, subscription="nodot"), "subscription: 'nodot' has no dot"),
    ("GetRefresh", pb.GetRefreshRequest(findings=5), "findings: are those of a stream; name it"),
    ("GetRefresh", pb.GetRefreshRequest(stream=STREAM, findings=1_001), "findings: 1001 is outside of 0 to 1000"),
    ("StartRefresh", pb.StartRefreshRequest(stream=STREAM), "asked_by: is empty; say who gives the order"),
    ("StartRefresh", pb.StartRefreshRequest(stream="", asked_by="ada"), "stream: '' is not a name"),
    ("ListCursors", pb.ListCursorsRequest(stream="files.>"), "stream: 'files.>' is not a name"),
    ("ShowCursors", pb.ShowCursorsRequest(subscription=""), "subscription: "),
    ("ShowCursors", pb.ShowCursorsRequest(subscription="a.b", subject="x" * 1_025), "subject: has 1025 bytes"),
    ("SkipEvent", pb.MoveCursorRequest(subscription="a.b", subject="", sequence=1), "subject: "),
    ("SkipEvent", pb.MoveCursorRequest(subscription="a.b", subject="a", sequence=-1), "sequence: -1 is no sequence"),
    ("SkipEvent", pb.MoveCursorRequest(subscription="a.b", subject="a", sequence=1), "asked_by: is empty"),
    (
        "RedriveEvent",
        pb.MoveCursorRequest(subscription="a.b", subject="a", sequence=1, asked_by="ada", reason="x" * 2_000),
        "reason: ",
    ),
]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(("call", "request_", "hint"), QUESTIONS, ids=[hint[:50] for _, _, hint in QUESTIONS])
def test_a_question_that_means_nothing(platform: Platform, call: str, request_: Any, hint: str) -> None:
    status, sentence = refusal(getattr(platform.frontend, call), request_)
    assert status is INVALID
    assert sentence.startswith(hint)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("call", ["ReadEvents", "ListSubjects", "ListStreams"])
def test_who_asks_for_a_stream_that_nobody_made_makes_none(platform: Platform, call: str) -> None:
    request = getattr(pb, f"{call}Request")(stream="nobodys")
    assert refusal(getattr(platform.frontend, call), request).status is grpc.StatusCode.NOT_FOUND


PINGS: list[tuple[dict[str, Any], str]] = [
    ({"stream": "No Name"}, "groups[0].stream: 'No Name' is not a name"),
    ({"subjects": [""]}, "groups[0].subjects[0]: is empty"),
    ({"subjects": ["x" * 1025]}, "groups[0].subjects[0]: has 1025 bytes"),
    ({"subjects": ["known", "b"]}, "groups[0].sequences: has 1 entries for 2 subjects"),
    ({"sequences": []}, "groups[0].sequences: has 0 entries for 1 subjects"),
    ({"sequences": [0]}, "groups[0].sequences[0]: 0 is no sequence; use the one that the subject has reached"),
    ({"sequences": [-(2**63)]}, "groups[0].sequences[0]: -9223372036854775808 is no sequence"),
    ({"subjects": ["a"] * 1_001, "sequences": [1] * 1_001}, "groups: hold 1001 pings; the limit of a call is 1000"),
]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(("columns", "hint"), PINGS, ids=[hint[:50] for _, hint in PINGS])
def test_a_ping_that_is_none(platform: Platform, columns: dict[str, Any], hint: str) -> None:
    right: dict[str, Any] = {"stream": STREAM, "subjects": ["known"], "sequences": [1]}
    status, sentence = refusal(platform.frontend.Ping, pb.PingRequest(groups=[pb.PingGroup(**(right | columns))]))
    assert status is INVALID
    assert sentence.startswith(hint)


@pytest.mark.usefixtures("kept")
def test_a_ping_of_a_stream_that_nobody_made_makes_none(platform: Platform) -> None:
    request = pb.PingRequest(groups=[pb.PingGroup(stream="nobodys", subjects=["a"], sequences=[1])])
    status, sentence = refusal(platform.frontend.Ping, request)
    assert status is grpc.StatusCode.NOT_FOUND
    assert sentence.startswith("no stream 'nobodys' in this namespace")


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("sequence", [1, 2**63 - 1])
def test_a_ping_that_is_absurd_is_taken_and_changes_nothing(platform: Platform, sequence: int) -> None:
    group = pb.PingGroup(stream=STREAM, subjects=["known", "unheard of"], sequences=[sequence, sequence])
    assert platform.frontend.Ping(pb.PingRequest(groups=[group, group]), timeout=PATIENCE_S).subjects == 2
    assert platform.frontend.Ping(pb.PingRequest(), timeout=PATIENCE_S).subjects == 0


@pytest.mark.usefixtures("kept")
def test_an_empty_call_is_answered_and_stores_nothing(platform: Platform) -> None:
    for request in (pb.PublishRequest(), publication(data=[])):
        assert platform.frontend.Publish(request, timeout=PATIENCE_S) == pb.PublishReply()
