"""The example of a platform that asks who calls, as a newcomer runs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.processes.cli_runner import PATIENCE_S, clean_environment

if TYPE_CHECKING:
    from penstock.adapters.embedded import EmbeddedEngines

SCRIPT = Path(__file__).parents[2] / "examples" / "guarded" / "guarded.py"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes its certificates, and it is not installed")
def test_the_example_tells_its_story(engines: EmbeddedEngines, postgres_dsn: str, tmp_path: Path) -> None:
    environment = clean_environment(
        PENSTOCK_POSTGRES_URL=postgres_dsn, PENSTOCK_NATS_URL=engines.nats_url, PENSTOCK_NATS_PREFIX="guarded_example"
    )
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    beginnings = [
        "the servers speak TLS and ask everybody for a token",
        "order 17: 9.95 charged",
        "a stranger: error: no token came with this call",
        "another tenant: error: other-eyes (",
        "in its own place: error: no task ",
        "after a while: the token shop-web (",
    ]
    assert len(lines) == len(beginnings), done.stdout
    for line, beginning in zip(lines, beginnings, strict=True):
        assert line.startswith(beginning)
    assert "is not for the namespace 'shop'" in lines[3]
    assert lines[5].endswith("was revoked; use another one")
