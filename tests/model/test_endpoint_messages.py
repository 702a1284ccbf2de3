"""What goes over the wire: events, signatures, and what answers mean."""

import json
import time
from typing import Any

import msgspec
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook, WebhookVerificationError

from penstock.model.cloud_event import BATCH, STRUCTURED, Message, message_of_events, message_of_task
from penstock.model.delivery import Span, aside_id, delivery_id, replay_id
from penstock.model.endpoint import AnswerPolicy, ContentMode, Endpoint, EndpointSpec
from penstock.model.endpoint_answer import Answer, Meaning, judge
from penstock.model.endpoint_rules import HEADERS_MAX, check_endpoint, check_headers
from penstock.model.endpoint_secret import check_secret, secret_text, signed_headers
from penstock.model.errors import InvalidInput
from penstock.model.event import Event, StreamId, hash_of_subject
from penstock.model.identity import make_ids, text_of
from penstock.model.lane import LambdaId

TASK = make_ids(1_760_000_000_000, b"a", 1)[0]
DELIVERY = delivery_id(LambdaId(1), StreamId(2), hash_of_subject("ä b"), 3)
SPAN = Span("files", "ä b", 0, 9)


def event(**fields: Any) -> Event:
    usual: dict[str, Any] = {
        "stream": "files",
        "subject": 'ä "b" 100%',
        "sequence": 7,
        "appended_at_us": 1_760_000_000_000_001,
        "source": "/streams/files",
        "id": "e1",
        "type": "file.changed",
        "time_us": 1_760_000_000_000_000,
        "content_type": "application/json",
        "data": b'{"n": 9007199254740993}',
        "extensions": {"tenant": "7"},
    }
    return Event(**usual | fields)


def received(message: Message) -> Any:
    return from_http_event(HTTPMessage(dict(message.headers), message.body), JSONFormat())


@pytest.mark.parametrize("mode", ContentMode)
def test_the_sdk_of_others_reads_an_event(mode: ContentMode) -> None:
    seen = received(message_of_events(DELIVERY, "mail.send", SPAN, [event()], mode, batched=False))
    assert (seen.get_id(), seen.get_source(), seen.get_type()) == ("e1", "/streams/files", "file.changed")
    assert seen.get_subject() == 'ä "b" 100%'
    assert seen.get_time().isoformat() == "2025-10-09T08:53:20+00:00"
    assert seen.get_datacontenttype() == "application/json"
    assert seen.get_extension("tenant") == "7"
    assert seen.get_extension("sequence") == "00000000000000000007"
    assert seen.get_data() == {"n": 9007199254740993}


@pytest.mark.parametrize("mode", ContentMode)
def test_the_sdk_of_others_reads_bytes(mode: ContentMode) -> None:
    one = event(data=b"\x00\xff", content_type="image/png")
    assert (
        received(message_of_events(DELIVERY, "mail.send", SPAN, [one], mode, batched=False)).get_data() == b"\x00\xff"
    )


@pytest.mark.parametrize("mode", ContentMode)
def test_the_sdk_of_others_reads_a_task(mode: ContentMode) -> None:
    seen = received(message_of_task(TASK, "default", "mail.send", 1_760_000_000_000_000, b'{"to":"ada"}', mode))
    assert (seen.get_id(), seen.get_type()) == (text_of(TASK), "penstock.task")
    assert seen.get_source() == "/namespaces/default/lambdas/mail.send"
    assert seen.get_data() == {"to": "ada"}


def test_a_batch_is_an_array_of_events() -> None:
    events = [event(), event(sequence=8, id="e2", data=b"", extensions={}), event(sequence=9, data=b"not json")]
    message = message_of_events(DELIVERY, "mail.send", SPAN, events, ContentMode.BINARY, batched=True)
    assert message.headers == [("content-type", BATCH)]
    first, second, third = json.loads(message.body)
    assert (first["id"], first["data"], first["tenant"]) == ("e1", {"n": 9007199254740993}, "7")
    assert b"9007199254740993" in message.body
    assert "data" not in second
    assert "data_base64" not in second
    assert third["data_base64"] == "bm90IGpzb24=", "what claims to be JSON and is not breaks no batch"


def test_no_header_can_be_split_by_what_a_publisher_wrote() -> None:
    one = event(subject="a\r\nx-evil: 1", id="\x00\x7f", content_type="text/plain; charset=utf-8\r\ny: 2")
    message = message_of_events(DELIVERY, "mail.send", SPAN, [one], ContentMode.BINARY, batched=False)
    for name, value in message.headers:
        assert value.isascii(), name
        assert value.isprintable(), name
    assert ("content-type", "text/plain; charset=utf-8%0D%0Ay:%202") not in message.headers
    assert dict(message.headers)["ce-subject"] == "a%0D%0Ax-evil:%201"


def test_a_messages_id_is_that_of_its_content() -> None:
    def of(task_id: Any, *events: Event, lambda_name: str = "mail.send") -> str:
        mode = ContentMode.STRUCTURED
        return message_of_events(task_id, lambda_name, SPAN, events, mode, batched=True).id

    assert of(DELIVERY, event()) == of(aside_id(DELIVERY, 7), event()), "also once it was set aside"
    ids = {
        of(DELIVERY, event()),
        of(DELIVERY, event(sequence=8)),
        of(DELIVERY, event(), event(sequence=8)),
        of(DELIVERY, event(), lambda_name="mail.sweep"),
        of(replay_id(DELIVERY), event()),
    }
    assert len(ids) == 5
    assert (
        dict(message_of_task(TASK, "a", "b.c", 0, b"{}", ContentMode.STRUCTURED).headers)["content-type"] == STRUCTURED
    )


def test_the_reference_library_verifies_what_is_signed_by_either_of_two_secrets() -> None:
    old, new, strange = bytes(range(24)), bytes(range(64)), bytes(32)
    now_s = int(time.time())
    headers = dict(signed_headers((new, old), "msg_1", now_s, b'{"a":1}'))
    for secret in (old, new):
        assert Webhook(secret_text(secret)).verify(b'{"a":1}', headers) == {"a": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(strange)).verify(b'{"a":1}', headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(new)).verify(b'{"a":2}', headers)
    alone = dict(signed_headers((new,), "msg_1", now_s, b"{}"))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(old)).verify(b"{}", alone)


def test_a_signature_is_what_the_standard_says() -> None:
    """The vector of the standard's own text."""
    secret = check_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed_headers((secret,), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert headers[2][1] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "text", ["", "abc", "whsec_", "whsec_!!", "whsec_YWJj", "whsec_" + "A" * 88, "WHSEC_" + "A" * 32]
)
def test_what_is_no_secret_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_secret(text)
    assert len(text) < 8 or text not in str(caught.value)


def test_no_secret_is_shown_where_an_endpoint_is_printed() -> None:
    spec = EndpointSpec(("https://a.example/",), headers=(("Authorization", "hunter2"),))
    endpoint = Endpoint(LambdaId(1), 1, "default", "a.b", spec, (b"hunter2",), 1, 0, 0)
    assert "hunter2" not in f"{endpoint!r} {spec!r} {endpoint}"


@pytest.mark.parametrize(
    "headers",
    [
        [("X-A", "a\r\nb: c")],
        [("X-A", "a\nb")],
        [("X-A", "a\x00b")],
        [("X-A", "\u00e4")],
        [("X-A", " a")],
        [("X A", "a")],
        [("X-A:", "a")],
        [("", "a")],
        [("Host", "evil.example")],
        [("content-Length", "0")],
        [("Transfer-Encoding", "chunked")],
        [("Connection", "close")],
        [("Content-Type", "a/b")],
        [("Webhook-Signature", "v1,x")],
        [("ce-id", "x")],
        [("Proxy-Authorization", "x")],
        [("X-A", "a"), ("x-a", "b")],
        [(f"X-{n}", "a") for n in range(HEADERS_MAX + 1)],
        [("X-A", "a" * 9_000)],
    ],
)
def test_headers_that_are_refused(headers: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidInput, match="headers"):
        check_headers(headers)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"urls": ()}, "url"),
        ({"urls": ("https://a.example/",) * 2}, "url"),
        ({"urls": tuple(f"https://a.example/{n}" for n in range(17))}, "url"),
        ({"timeout_s": 0}, "timeout_s"),
        ({"timeout_s": float("nan")}, "timeout_s"),
        ({"timeout_s": 301}, "timeout_s"),
        ({"connect_timeout_s": -1}, "connect_timeout_s"),
        ({"read_timeout_s": float("inf")}, "read_timeout_s"),
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": 1_001}, "concurrency"),
        ({"rate_per_s": -1}, "rate_per_s"),
        ({"rate_per_s": float("nan")}, "rate_per_s"),
        ({"answers": AnswerPolicy(unknown_s=-1)}, "unknown_s"),
        ({"answers": AnswerPolicy(retry_after_s_max=1e9)}, "retry_after_s_max"),
    ],
)
def test_specs_that_are_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_endpoint(EndpointSpec(**{"urls": ("https://a.example/",)} | fields), "a.b", ())
    assert caught.value.field == field


STRICT = AnswerPolicy(client_errors_are_fatal=True, retry_after_s_max=30)


@pytest.mark.parametrize("status", range(100, 1000))
def test_every_status_has_a_meaning(status: int) -> None:
    judged, strict = (judge(Answer(status), policy, 0.0) for policy in (AnswerPolicy(), STRICT))
    if status == 202:
        assert judged.meaning is Meaning.UNKNOWN
    elif 200 <= status < 300:
        assert judged.meaning is Meaning.DONE
    elif status == 410:
        assert judged.meaning is Meaning.GONE
    elif status in (429, 502, 503, 504):
        assert judged.meaning is Meaning.THROTTLED
    else:
        assert judged.meaning is Meaning.FAILED
        assert judged.ill == (not 400 <= status < 500)
        assert str(status) in judged.problem
    if judged.meaning is Meaning.FAILED and 400 <= status < 500:
        assert (strict.meaning is Meaning.FATAL) == (status not in (401, 403, 407, 408, 425))
    else:
        assert strict.meaning is judged.meaning


def test_a_wait_is_capped_by_policy_and_what_is_no_wait_is_none() -> None:
    assert judge(Answer(429, retry_after="20"), STRICT, 0.0).wait_s == 20
    assert judge(Answer(503, retry_after="2000"), STRICT, 0.0).wait_s == 30
    assert judge(Answer(503, retry_after="Thu, 01 Jan 1970 00:00:10 GMT"), STRICT, 4.0).wait_s == 6
    assert judge(Answer(503, retry_after="later"), STRICT, 0.0).wait_s is None
    assert judge(Answer(503), STRICT, 0.0).wait_s is None


def test_a_spec_survives_the_way_to_the_store() -> None:
    spec = EndpointSpec(("https://a.example/",), (("a", "b"),), ContentMode.STRUCTURED, rate_per_s=1.5)
    assert msgspec.json.decode(msgspec.json.encode(spec), type=EndpointSpec) == spec
