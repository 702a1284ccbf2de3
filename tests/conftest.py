from __future__ import annotations

import os

import pytest

pytest_plugins = ["penstock.testing.engines"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("CI") == "true" or os.environ.get("PENSTOCK_LONG") == "1":
        return
    skipped = pytest.mark.skip(reason="a long part: set PENSTOCK_LONG=1 to run it")
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(skipped)
