"""Every call of the access table has a path, or a reason why not; and every field has one way to be written."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from penstock.server.access import TABLE
from penstock.server.http.fields import Kind, fields_of
from penstock.server.http.route_table import NOT_SERVED, ROUTES
from penstock.server.http.signature import Signature
from tests.law.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

# Written down a second time: a new field of bytes or of microseconds is looked at before it stands in a public API.
SPANS = "busy_s delay_s every_s for_s jitter_s longest_s stands_s"
MOMENTS = """
    anchor appended_at at began_at changed_at clock created_at died_at disabled_at due_at ended_at expires_at
    finished_at first from last_began_at last_ended_at last_tick last_used_at looked_at newest newest_at next
    next_at next_look_at next_tick now oldest oldest_due passed_tick previous_until revoked_at scheduled_at
    scheduled_from scheduled_until seen_at short since start_at started_at ticks time times to told_at until
"""
IDS = """
    first_unfinished guid last_task_id lower parent_id retried_as retry_of sweep_id task_id upper
    asked_ids task_ids unknown
"""
DOCUMENTS = "data payload payloads result signature"


def messages() -> Iterator[Any]:
    seen: dict[str, Any] = {}

    def walk(descriptor: Any) -> None:
        if descriptor.full_name not in seen:
            seen[descriptor.full_name] = descriptor
            for field in descriptor.fields:
                if field.message_type is not None:
                    walk(field.message_type)

    for row in ROUTES:
        signature = Signature(row)
        walk(signature.request)
        walk(signature.reply)
    return iter(seen.values())


def test_every_call_has_a_path_or_a_reason() -> None:
    served = [row.method for row in ROUTES]
    assert max(Counter(served).values()) == 1
    assert set(served) | set(NOT_SERVED) == set(TABLE)
    assert not set(served) & set(NOT_SERVED)
    assert all(NOT_SERVED.values())


def test_no_two_calls_share_a_path_and_every_name_in_it_is_a_field() -> None:
    assert max(Counter((row.verb, row.path) for row in ROUTES).values()) == 1
    for row in ROUTES:
        assert len(Signature(row).path) == row.path.count("{"), row.path
        assert row.path.startswith("/v1/")
        assert row.verb in ("GET", "POST", "PUT", "DELETE")


def test_whatever_only_asks_is_a_get() -> None:
    asks = ("Get", "List", "Count", "Explain", "Show", "Read", "Next", "Verify", "GateHistory", "QuotaHistory")
    by_body = {"AwaitTasks": "10,000 ids do not fit into a query", "PreviewSweep": "it takes what StartSweep takes"}
    for row in ROUTES:
        call = row.method.rpartition("/")[2]
        assert (row.verb == "GET") == (call.startswith(asks) and call not in by_body), call


def test_no_two_fields_of_a_message_have_one_name() -> None:
    for message in messages():
        names = [field.name for field in fields_of(message)]
        assert len(set(names)) == len(names), message.full_name


def test_every_field_of_bytes_or_microseconds_is_written_as_meant() -> None:
    found: dict[Kind, set[str]] = {kind: set() for kind in Kind}
    for message in messages():
        for field in fields_of(message):
            found[field.kind].add(field.name)
    assert found[Kind.SPAN] == set(SPANS.split())
    assert found[Kind.MOMENT] == set(MOMENTS.split())
    assert found[Kind.ID] | found[Kind.IDS] == set(IDS.split())
    assert found[Kind.DOCUMENT] == set(DOCUMENTS.split())
    assert found[Kind.TOKEN] == {"request_token"}


def test_what_is_asked_by_a_query_is_flat() -> None:
    for row in ROUTES:
        for name, (*_, field) in Signature(row).query.items():
            assert field.kind is not Kind.MESSAGE, (row.path, name)


def test_the_document_and_the_page_of_paths_are_current() -> None:
    command = [sys.executable, "docs/generate_openapi.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_door_is_in_words_where_people_look() -> None:
    page = (ROOT / "docs" / "http.md").read_text()
    for path in ("/livez", "/readyz", "/metrics", "/openapi.json", "http-paths.md"):
        assert path in page
