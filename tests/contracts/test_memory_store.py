"""The memory store keeps the contracts, in virtual time."""

from __future__ import annotations

import pytest

from penstock.testing.contracts import STORE_IDEAS, Idea, Scene, StoreUnderTest
from penstock.testing.virtual_loop import run_virtual
from tests.contracts.memory_store import fresh_memory_store


@pytest.mark.parametrize("idea", STORE_IDEAS, ids=str)
def test_the_memory_store_keeps_the_contract(idea: Idea[StoreUnderTest, Scene]) -> None:
    run_virtual(idea.check(fresh_memory_store), seed=1)
