"""A worker whose lambdas could not take what waits for them is refused before it takes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from penstock.adapters.schemas.json_schema import JsonSchemaFormat
from penstock.compose.schemas import parameter_schemas
from penstock.frontend.calls import ScheduleCall, TaskGroup
from penstock.frontend.signatures import SignatureDesk
from penstock.model.errors import NotPossible
from penstock.model.policy import LambdaPolicy
from penstock.ports.registry import Registration
from penstock.sdk.app import App
from penstock.sdk.runnable import register
from tests.layers.frontend_bench import FrontendBench, on_bench

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "shop.resize"


def signature(function: Callable[..., Any]) -> bytes:
    return register(App("shop").task(name="resize")(function), "").signature


async def before(path: str) -> None: ...
async def with_default(path: str, width: int = 100) -> None: ...
async def with_more(path: str, width: int) -> None: ...
async def with_other_type(path: int) -> None: ...


def registration(signed: bytes) -> Registration:
    return Registration(NAME, "2", LambdaPolicy(), signed)


def desk(bench: FrontendBench) -> SignatureDesk:
    return SignatureDesk(bench.book, bench.store.registry, bench.store.lane_counts, JsonSchemaFormat(), 30.0)


async def stands(bench: FrontendBench, tasks: int, signed: bytes) -> None:
    await bench.register.register("", [registration(signed)])
    if tasks:
        group = TaskGroup(NAME, payloads=[b'{"path":"a"}'] * tasks)
        await bench.desk.schedule(ScheduleCall(namespace="", groups=[group]))


@on_bench
async def test_what_waits_cannot_be_taken_and_the_place_is_named(bench: FrontendBench) -> None:
    await stands(bench, 2, signature(before))
    with pytest.raises(NotPossible) as refused:
        await desk(bench).check("", [registration(signature(with_more))])
    said = str(refused.value)
    assert said.startswith(f"{NAME}: 2 tasks wait for it that this version cannot take: ")
    assert "field 'width': it is required now, and was not" in said
    with pytest.raises(NotPossible, match="field 'path': string was taken, and is not any more"):
        await desk(bench).check("", [registration(signature(with_other_type))])


@on_bench
async def test_a_new_parameter_with_a_default_harms_nobody(bench: FrontendBench) -> None:
    await stands(bench, 2, signature(before))
    assert await desk(bench).check("", [registration(signature(with_default))]) == []


@on_bench
async def test_where_nothing_waits_it_is_said_and_allowed(bench: FrontendBench) -> None:
    await stands(bench, 0, signature(before))
    (warning,) = await desk(bench).check("", [registration(signature(with_more))])
    assert warning.startswith(f"{NAME}: what was scheduled for version '2' is refused now: field 'width'")


@on_bench
async def test_another_namespace_has_lambdas_of_its_own(bench: FrontendBench) -> None:
    await stands(bench, 2, signature(before))
    assert await desk(bench).check("green", [registration(signature(with_more))]) == []


@pytest.mark.parametrize(
    "signed", [b"", b"[]", b"{}", b'{"parameters": 1}', b'{"parameters": {"properties": {"a": {}}}}', b'{"data": {}}']
)
def test_what_says_nothing_of_its_parameters_is_compared_with_nothing(signed: bytes) -> None:
    @on_bench
    async def scene(bench: FrontendBench) -> None:
        await stands(bench, 1, signature(before))
        assert await desk(bench).check("", [registration(signed)]) == []

    scene()


@on_bench
async def test_a_signature_that_is_no_schema_is_its_workers_own_business(bench: FrontendBench) -> None:
    await stands(bench, 1, signature(before))
    odd = msgspec.json.encode({"parameters": {"type": "nonsense"}})
    assert await desk(bench).check("", [registration(odd)]) == []


def test_the_language_of_parameters_is_installed_with_an_extra() -> None:
    assert isinstance(parameter_schemas(), JsonSchemaFormat)
