"""Private copies of the tree, and pytest on them. The checkout itself is only read."""

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Final

import msgspec

from tests.mutants.mutant import SOURCE, Mutant
from tests.mutants.observer import RECORD, Record

ROOT: Final = Path(__file__).resolve().parent.parent.parent
RUN_S_MAX: Final = 300.0
LAST_WORDS_S: Final = 20.0
_COPIED: Final = ("src", "tests", "benchmarks", "examples")


class RunFailed(Exception):
    """pytest did not come to a verdict; says why, with the end of what it wrote."""


class Workshop:
    """`pristine` is copied from the checkout once, so that a run sees one state of a tree that others edit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.pristine = folder / "pristine"
        for name in _COPIED:
            shutil.copytree(ROOT / name, self.pristine / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy2(ROOT / "pyproject.toml", self.pristine)

    def plant(self, mutant: Mutant) -> Path:
        """A copy with the bug in it; raises `DoesNotApply`. What the pristine runs compiled is copied along."""
        text = mutant.planted_in((self.pristine / mutant.path).read_text("utf-8"))
        copy = self._folder / mutant.name
        shutil.copytree(self.pristine, copy)
        file = copy / mutant.path
        file.write_text(text, "utf-8")
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
            compiled.unlink()
        return copy

    def clear(self, copy: Path) -> None:
        """A copy has served."""
        shutil.rmtree(copy)


async def run_tests(tree: Path, targets: list[str]) -> tuple[Record, str]:
    """Run these tests on the code of `tree`; answers the end of what pytest wrote, too. Raises `RunFailed`."""
    record = tree / "record.json"
    record.unlink(missing_ok=True)
    path = os.pathsep.join(filter(None, [str(tree / "src"), os.environ.get("PYTHONPATH")]))
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--tb=short",
            "-n0",
            "-p",
            "no:cacheprovider",
            "-p",
            "tests.mutants.observer",
        ),
        *targets,
        cwd=tree,
        env=os.environ | {"PYTHONPATH": path, RECORD: str(record)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(RUN_S_MAX):
            output, _ = await process.communicate()
    except TimeoutError:
        raise RunFailed(f"no verdict within {RUN_S_MAX:g} s") from None
    finally:
        await _end(process)
    if process.returncode not in (0, 1) or not record.exists():
        raise RunFailed(f"pytest ended with {process.returncode}\n{_end_of(output)}")
    seen = msgspec.json.decode(record.read_bytes(), type=Record)
    if not Path(seen.package).is_relative_to(tree / SOURCE):
        raise RunFailed(f"the tests ran on {seen.package}, not on the copy")
    return seen, _end_of(output)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Asked first, so that the engines of its fixtures are stopped with it."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        async with asyncio.timeout(LAST_WORDS_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _end_of(output: bytes) -> str:
    return "\n".join(output.decode(errors="replace").splitlines()[-30:])
