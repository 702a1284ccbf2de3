"""Children and their parents on the stage."""

from penstock.model.family import Family
from penstock.model.identity import TaskId
from penstock.model.lifecycle import (
    Event,
    ParentFailure,
)
from penstock.model.policy import DEFAULT_POLICY
from penstock.model.task import Claimed, NewTask
from penstock.ports.registry import Registration
from penstock.testing.contracts.scene import Scene, Standing, finish


async def registered(scene: Scene) -> Scene:
    """Both lambdas have a worker: what is free is new."""
    await scene.store.registry.register(
        scene.namespace_id, [Registration(name, "", DEFAULT_POLICY, b"") for name in ("mail.send", "mail.sweep")]
    )
    return scene


async def child_of(scene: Scene, *parents: TaskId, go_on: bool = False, **fields: object) -> NewTask:
    """A child that is stored."""
    policy = ParentFailure.CONTINUE if go_on else ParentFailure.CANCEL
    child = scene.task(family=Family(parents, policy), **fields)
    await scene.admit(child)
    return child


async def held_for(scene: Scene, task_id: TaskId) -> str:
    """What a live task is held for, "" for nothing."""
    return (await scene.row(task_id)).held_for


async def succeed(scene: Scene, claimed: Claimed) -> None:
    """The end that its children wait for."""
    await scene.apply(finish(Standing(claimed.id, claimed.claim), Event.SUCCEEDED, add_attempts=1))
