"""Every call of the wire stands in the table of who may call what, and the page of it is current."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf import message_factory
from msgspec import structs

from penstock.model.access import Role
from penstock.server import access
from penstock.server.access import ROLES, TABLE
from penstock.wire.v1 import penstock_pb2 as pb
from tests.law.tree import ROOT

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = ROOT / "docs" / "generate_access.py"
NAMELESS = {"GetServerInfo", "CreateToken", "ListTokens", "RevokeToken"}
"""they act for no namespace; what they answer is the server's own, or filtered by the caller's namespaces"""
METHODS = {
    f"/{service.full_name}/{method.name}": method
    for service in pb.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_access", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_call_has_a_row_and_every_row_is_a_call() -> None:
    assert TABLE.keys() == METHODS.keys(), "a call without a row is refused to everybody: add it to server/access.py"


def test_every_call_names_the_namespace_that_it_acts_for() -> None:
    """A new call names one, or it is added to `NAMELESS` with its reason."""
    assert {method.rpartition("/")[2] for method, rule in TABLE.items() if rule.namespace_of is None} == NAMELESS
    for method, described in METHODS.items():
        rule = TABLE[method]
        request: Any = message_factory.GetMessageClass(described.input_type)()
        if "namespace" in described.input_type.fields_by_name:
            request.namespace = "blue"
        elif "hello" in described.input_type.fields_by_name:
            request.hello.namespace = "blue"
        if rule.namespace_of is not None:
            assert rule.namespace_of(request) == "blue"


def test_every_subject_can_be_told_of_an_empty_request() -> None:
    for method, rule in TABLE.items():
        if rule.subject_of is not None:
            assert rule.subject_of(message_factory.GetMessageClass(METHODS[method].input_type)())


def test_every_role_is_in_words_and_admin_may_do_all() -> None:
    assert list(ROLES) == list(Role)
    assert all(Role.ADMIN in rule.roles for rule in TABLE.values())


def test_the_page_of_the_table_is_current() -> None:
    command = [sys.executable, str(SCRIPT), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_row_that_changes_makes_the_page_stale(generator: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert generator.main(["--check"]) == 0
    method = access.FRONTEND + "CancelTask"
    changed = structs.replace(TABLE[method], roles=frozenset(Role))
    monkeypatch.setattr(generator, "TABLE", {**TABLE, method: changed})
    assert generator.main(["--check"]) == 1
