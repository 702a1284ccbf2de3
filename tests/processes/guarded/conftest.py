from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.processes.guarded.authority import Authority
from tests.processes.guarded.platform import GuardedPlatform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from penstock.adapters.embedded import EmbeddedEngines


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificates of these tests, and it is not installed")
    made = Authority(tmp_path_factory.mktemp("authority") / "ours", "ours")
    made.sign("server")
    made.sign("client")
    return made


@pytest.fixture(scope="session")
def guarded(
    engines: EmbeddedEngines, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GuardedPlatform]:
    """On every address of this machine, so with tokens and mutual TLS."""
    folder: Path = tmp_path_factory.mktemp("guarded")
    with GuardedPlatform.started(engines, authority, folder) as platform:
        yield platform
