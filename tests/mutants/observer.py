"""A plugin for the inner pytest: writes down what happened, and which package was tested, for the runner to judge."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

RECORD: Final = "PENSTOCK_MUTANT_RECORD"
"""the environment variable that names the file"""


class Record(msgspec.Struct):
    """One run of pytest. Tests by their names."""

    package: str
    """where the tested code was imported from"""
    passed: list[str] = []
    failed: list[str] = []
    """by an assertion, or by a line of the test itself that did not find what it looked at"""
    broken: list[str] = []
    """ended by anything else: another exception, a fixture, a module that could not be imported"""


_record = Record("")


def pytest_configure() -> None:
    import penstock

    _record.package = str(penstock.__file__)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        seen = call.when == "call" and call.excinfo is not None and _is_a_tests_word(call.excinfo, item.config.rootpath)
        (_record.failed if seen else _record.broken).append(item.nodeid)
    elif call.when == "call" and report.passed:
        _record.passed.append(item.nodeid)
    return report


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed:
        _record.broken.append(report.nodeid)


def pytest_unconfigure() -> None:
    Path(os.environ[RECORD]).write_bytes(msgspec.json.encode(_record))


def _is_a_tests_word(error: pytest.ExceptionInfo[BaseException], root: Path) -> bool:
    raised_in = Path(error.traceback[-1].path)
    return _is_assertion(error.value) or raised_in.is_relative_to(root / "tests")


def _is_assertion(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(_is_assertion(each) for each in error.exceptions)
    return isinstance(error, (AssertionError, pytest.fail.Exception))
