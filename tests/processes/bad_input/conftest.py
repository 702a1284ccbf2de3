from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.processes.bad_input.calls import LAMBDA, register
from tests.processes.platform_fixture import Platform
from tests.processes.platform_fixture import platform as bare_platform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["bare_platform"]

# Looks at rows that wait are put off now and then; all else of a row moves only when somebody is answered.
CONTENTS = """
select 'task' as table, t::text as row from penstock.task t
union all select 'trigger', (id, case when status not in (2, 3) then trigger_at end, lane, claim, status, attempts,
    crashes, lapses, suspect, cancel_requested, held_for, due_at)::text from penstock.trigger
union all select 'outcome', t::text from penstock.outcome t
union all select 'attempt', t::text from penstock.attempt t
union all select 'idempotency_key', t::text from penstock.idempotency_key t
union all select 'request_token', t::text from penstock.request_token t
union all select 'retry_link', t::text from penstock.retry_link t
union all select 'sweep', t::text from penstock.sweep_order t
union all select 'periodic_schedule', t::text from penstock.periodic_schedule t
union all select 'periodic_tick', t::text from penstock.periodic_tick t
union all select 'namespace', t::text from penstock.namespace t
union all select 'lambda', t::text from penstock.lambda t
union all select 'stream', t::text from penstock.stream t
union all select 'subject_head', t::text from penstock.subject_head t
union all select 'event', t::text from penstock.event t
union all select 'event_key', t::text from penstock.event_key t
union all select 'publish_token', t::text from penstock.publish_token t
union all select 'gate', t::text from penstock.gate t
union all select 'gate_history', t::text from penstock.gate_history t
union all select 'quota', t::text from penstock.quota t
union all select 'quota_history', t::text from penstock.quota_history t
"""
SUMMARY = f"""
select "table", count(*) as rows, md5(string_agg(row, '|' order by row)) as hash from ({CONTENTS}) all_rows group by 1
"""


def contents(platform: Platform) -> dict[str, tuple[int, str]]:
    """Of every table that tasks stand in: how many rows, and a hash over all of them."""
    return {row["table"]: (row["rows"], row["hash"]) for row in platform.sql(SUMMARY)}


@pytest.fixture(scope="session")
def platform(bare_platform: Platform) -> Platform:
    """With one lambda that is registered and that nobody serves."""
    register(bare_platform, LAMBDA)
    return bare_platform


@pytest.fixture
def unchanged(platform: Platform) -> Iterator[None]:
    """Nothing that the test asks for may change a row."""
    before = contents(platform)
    yield
    assert contents(platform) == before


@pytest.fixture
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty one, no settings, nobody at the keyboard: for commands that are run in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    for name in [name for name in os.environ if name.startswith("PENSTOCK_")]:
        monkeypatch.delenv(name)
    return tmp_path
