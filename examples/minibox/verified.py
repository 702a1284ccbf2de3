"""What the platform itself says: `penstock verify`, asked as anybody would."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from .box import STREAM
from .proof import Proof


@dataclass
class Verified:
    """Its answer. `behind`: each lambda and path that has not come as far as the source, in words."""

    line: str
    subjects: int = 0
    behind: list[str] = field(default_factory=list)


async def verify(address: str) -> Verified:
    """Waits a little for what is still under way."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "penstock.cli", "verify", STREAM, "--json", "--wait", "10s", "--limit", "1000"),
        *("--address", address, "--namespace", "default"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, complaint = await process.communicate()
    return read_verdict(output, complaint)


def disagreements(proof: Proof, verified: Verified) -> list[str]:
    """What the platform says that our own proof does not; what both have found counts once."""
    if proof.lost:
        return []
    if not verified.behind and verified.subjects != proof.subjects:
        return [f"penstock verify compared {verified.subjects} paths, and the source has {proof.subjects}"]
    return verified.behind


def read_verdict(output: bytes, complaint: bytes) -> Verified:
    """What it printed; no verdict is no proof."""
    try:
        [verdict] = json.loads(output)
    except ValueError:
        words = " ".join(complaint.decode(errors="replace").split()) or "it said nothing"
        return Verified(words, behind=[f"penstock verify has no verdict: {words}"])
    return Verified(_in_words(verdict), verdict["subjects"], [_lag(each) for each in verdict["first"]])


def _in_words(verdict: Mapping[str, object]) -> str:
    how = f"complete up to {verdict['looked_at']}" if verdict["complete"] else f"{verdict['behind']} behind"
    subscriptions = verdict["subscriptions"]
    count = len(subscriptions) if isinstance(subscriptions, list) else 0
    return f"{verdict['stream']}: {how}: {verdict['subjects']} subjects for {count} subscriptions"


def _lag(lag: Mapping[str, object]) -> str:
    return f"penstock verify: {lag['subscription']} is behind with {lag['subject']}"
