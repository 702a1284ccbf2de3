"""Learning an app's lambdas without importing it here."""

import asyncio
import os
import sys

import msgspec
from msgspec import Struct

from penstock.model.errors import AppRefused
from penstock.model.periodic import Definition
from penstock.ports.registry import Registration


class AppDescription(Struct, frozen=True):
    """What an app says of itself, or why it cannot be imported."""

    name: str = ""
    registrations: list[Registration] = []
    schedules: list[Definition] = []
    problem: str = ""
    traceback: str = ""


async def describe_app(app: str, within_s: float = 60.0) -> AppDescription:
    """What the app `module:attribute` says of itself, learned in a short-lived child.

    Raises `AppRefused` when it cannot be imported.
    """
    reading, writing = os.pipe()
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "penstock.adapters.processes.inspect_main",
            app,
            str(writing),
            str(os.getpid()),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=(writing,),
            start_new_session=True,  # it ends with us, by the kernel's hand, and ends nobody else
        )
    finally:
        os.close(writing)
    try:
        async with asyncio.timeout(within_s):
            answer, (printed, _) = await asyncio.gather(asyncio.to_thread(_read_all, reading), child.communicate())
    except TimeoutError:
        raise AppRefused(f"{app} was not imported within {within_s:g} s") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if not answer:
        last = printed.decode("utf-8", "replace")[-2000:].strip()
        raise AppRefused(f"importing {app} ended the process (exit code {child.returncode})", last)
    description = msgspec.json.decode(answer, type=AppDescription)
    if description.problem:
        raise AppRefused(description.problem, description.traceback)
    return description


def _read_all(fd: int) -> bytes:
    with os.fdopen(fd, "rb") as pipe:
        return pipe.read()
