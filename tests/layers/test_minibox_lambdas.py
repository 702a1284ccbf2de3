"""The lambdas of Minibox without a platform: events in, and what they leave behind."""

import importlib
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from penstock import Event
from penstock.testing.deliveries import Outcome, deliver_sync
from tests.layers.minibox import Part, parts_of

SECRET: Final = "whsec_c2VjcmV0IG9mIHRoZSBib3g="


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Part:
    return parts_of(monkeypatch, tmp_path)


@pytest.fixture
def folder(part: Part, tmp_path: Path) -> Path:
    return tmp_path / "folder"


def told(path: str, kind: str = "file.created", sequence: int = 1, **more: Any) -> Event[Any]:
    return Event("minibox", path, kind, {"path": path, **more}, sequence=sequence)


def done(outcome: Outcome) -> None:
    assert outcome.verdict == "done", outcome.error


def test_words_are_found_where_they_stand_now(part: Part, folder: Path) -> None:
    index = part("index")
    (folder / "a b.md").write_text("# The tide\nrises at noon")
    (folder / "picture.png").write_bytes(b"no words")
    for path in ("a b.md", "picture.png"):
        done(deliver_sync(index.index, told(path)))
    assert [path for path, _ in index.search("tide noon")] == ["a b.md"]
    assert index.search('"tide" OR') == []
    (folder / "a b.md").write_text("the ebb")
    done(deliver_sync(index.index, told("a b.md", "file.changed", 7)))
    assert (index.search("tide"), [path for path, _ in index.search("ebb")]) == ([], ["a b.md"])
    assert (index.indexed_upto("a b.md"), index.indexed_upto("other")) == (7, 0)
    assert index.indexed_files() == {"a b.md": "the ebb", "picture.png": ""}


@pytest.mark.parametrize("kind", ["file.deleted", "file.changed"])
def test_what_is_gone_is_not_found_whatever_its_event_says(part: Part, folder: Path, kind: str) -> None:
    index = part("index")
    (folder / "a.md").write_text("the tide")
    done(deliver_sync(index.index, told("a.md")))
    (folder / "a.md").unlink()
    done(deliver_sync(index.index, told("a.md", kind, 2)))
    assert index.search("tide") == []
    assert index.indexed_upto("a.md") == 2


def test_previews_of_pictures_and_texts(part: Part, folder: Path) -> None:
    previews, image = part("previews"), importlib.import_module("PIL.Image")
    image.new("RGB", (640, 320), "teal").save(folder / "a.png")
    (folder / "b.md").write_text("# Title\n<script>alert(1)</script>")
    (folder / "c.txt").write_text("1 < 2")
    for path in ("a.png", "b.md", "c.txt"):
        done(deliver_sync(previews.previews, told(path)))
    with image.open(previews.preview_of("a.png")) as small:
        assert (small.format, small.size) == ("PNG", (160, 80))
    page = previews.preview_of("b.md").read_text()
    assert "<h1>Title</h1>" in page
    assert "<script>" not in page
    assert "<pre>1 &lt; 2</pre>" in previews.preview_of("c.txt").read_text()
    (folder / "a.png").unlink()
    done(deliver_sync(previews.previews, told("a.png", "file.deleted", 2)))
    assert not previews.preview_of("a.png").exists()


@pytest.mark.parametrize("raw", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n\0\0", b"\xff\xd8\xff\xe0 half of it"])
def test_a_broken_picture_has_no_preview_and_is_no_failure(part: Part, folder: Path, raw: bytes) -> None:
    (folder / "broken.png").write_bytes(raw)
    done(deliver_sync(part("previews").previews, told("broken.png")))
    assert list((folder.parent / "previews").iterdir()) == []


def test_the_audit_log_has_each_event_once(part: Part) -> None:
    audit = part("audit")
    for event in (told("a"), told("a"), told("a", "file.moved", 5, moved_from="b")):
        done(deliver_sync(audit.audit, event))
    assert audit.entries_of("a") == [(1, "file.created", ""), (5, "file.moved", "b")]
    assert audit.counts_by_type() == {"file.created": 1, "file.moved": 1}


def test_who_is_told_can_find_it(part: Part, folder: Path) -> None:
    notify = part("notify")
    (folder / "a.md").write_text("the tide")
    done(deliver_sync(part("index").index, told("a.md")))
    for _ in range(2):
        done(deliver_sync(notify.notify, told("a.md")))
    assert notify.messages_for("owner") == ["a.md is new"]
    assert notify.messages_for("stranger") == []
    [run] = [run for run in part("history").History(folder.parent / "history").look() if run.lambda_name == "notify"][
        :1
    ]
    assert run.note == {"index_upto": 1}


def test_permissions_go_down_the_tree_each_after_the_one_above(part: Part, folder: Path) -> None:
    permissions = part("permissions")
    (folder / "x" / "y" / "z").mkdir(parents=True)
    (folder / "x" / "u").mkdir()
    chain = permissions.tree_below("x")
    assert chain[0] == "x"
    assert sorted(chain) == ["x", "x/u", "x/y", "x/y/z"]
    assert all(permissions.parent_of(each) in chain[:at] for at, each in enumerate(chain) if at)
    (folder / "x" / "access.json").write_text('{"add": ["ada", "bob"]}')
    (folder / "x" / "y" / "access.json").write_text('{"remove": ["bob"]}')
    (folder / "x" / "u" / "access.json").write_text("[broken")
    rules = {each: permissions.with_rules(frozenset({"owner"}), each) for each in chain}
    assert rules["x"] == {"owner", "ada", "bob"}
    assert rules["x/y"] == rules["x/u"] == {"owner"}
    assert permissions.readers_of("x/y/z") == {"owner"}


def test_a_file_that_is_no_rule_starts_no_chain(part: Part) -> None:
    done(deliver_sync(part("permissions").permissions, told("x/a.md")))


@pytest.fixture
def receiver(part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    made = part("receiver").Receiver(SECRET, tmp_path / "received.jsonl")
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("MINIBOX_WEBHOOK_URL", made.url)
    monkeypatch.setenv("MINIBOX_WEBHOOK_SECRET", SECRET)
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def test_the_receiver_believes_what_is_signed(part: Part, receiver: Any, tmp_path: Path) -> None:
    done(deliver_sync(part("webhook").webhook, told("a.md", sequence=9, size=3)))
    [line] = (tmp_path / "received.jsonl").read_text().splitlines()
    noted = json.loads(line)
    assert (noted["path"], noted["sequence"], noted["size"]) == ("a.md", 9, 3)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(receiver.url, b"{}")


def test_a_receiver_that_is_unwell_is_asked_again(part: Part, receiver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part("receiver"), "REFUSES_EVERY", 1)
    outcome = deliver_sync(part("webhook").webhook, told("a.md"))
    assert (outcome.verdict, "503" in outcome.message) == ("retried", True)
    monkeypatch.setenv("MINIBOX_WEBHOOK_URL", "http://127.0.0.1:9/")
    outcome = deliver_sync(part("webhook").webhook, told("a.md"))
    assert (outcome.verdict, "not reached" in outcome.message) == ("retried", True)


def test_signatures_are_those_of_the_specification(part: Part) -> None:
    """With the example of the specification's own libraries."""
    signature = part("signature")
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    headers = signature.signed_headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature.verify(secret, headers, body, 1614265331.0) == "msg_p5jXN8AQM9LWM0D4loKWxJek"


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        ({"webhook-id": "other"}, b"{}"),
        ({"webhook-id": ""}, b"{}"),
        ({"webhook-timestamp": "x"}, b"{}"),
        ({"webhook-signature": "v1,\xe9"}, b"{}"),
        ({"webhook-signature": ""}, b"{}"),
        ({}, b"{ }"),
    ],
    ids=["other id", "no id", "no time", "other signature", "no signature", "other body"],
)
def test_anything_else_is_refused(part: Part, changed: dict[str, str], body: bytes) -> None:
    signature = part("signature")
    now_s = int(time.time())
    headers = signature.signed_headers(SECRET, "m", now_s, b"{}")
    with pytest.raises(signature.BadSignature):
        signature.verify(SECRET, headers | changed, body, now_s)


@pytest.mark.parametrize("off_s", [-301, 301])
def test_what_was_signed_long_ago_is_refused(part: Part, off_s: int) -> None:
    """Somebody may have listened, and sends it again."""
    signature = part("signature")
    with pytest.raises(signature.BadSignature, match="too old"):
        signature.verify(SECRET, signature.signed_headers(SECRET, "m", 1_000 + off_s, b"{}"), b"{}", 1_000.0)


def test_a_torn_line_of_history_counts_when_it_has_become_whole(part: Part, tmp_path: Path) -> None:
    history = part("history").History(tmp_path)
    begin = b'{"begin": "r", "lambda": "index", "at_us": 5, "subject": "a", "sequence": 1}\n'
    (tmp_path / "7.jsonl").write_bytes(begin + b'{"end": "r"')
    [run] = history.look()
    assert (run.pid, run.ended_us) == (7, 0)
    with (tmp_path / "7.jsonl").open("ab") as file:
        file.write(b', "at_us": 9, "words": 2}\n')
    [run] = history.look()
    assert (run.ended_us, run.note) == (9, {"words": 2})
