"""Every fault the world knows, by family. Each answers, when it is over, whether it had anything to take hold of."""

from typing import Final

from penstock.testing.world.faults.clock import CLOCK
from penstock.testing.world.faults.motion import MOTION
from penstock.testing.world.faults.network import NETWORK
from penstock.testing.world.faults.servers import SERVERS
from penstock.testing.world.faults.shape import Fault
from penstock.testing.world.faults.store import STORE
from penstock.testing.world.faults.workers import WORKERS

Family = dict[str, tuple[float, Fault]]

FAMILIES: Final[tuple[tuple[float, Family], ...]] = (
    (0.55, MOTION),
    (0.55, STORE),
    (0.5, SERVERS),
    (0.7, WORKERS),
    (0.55, NETWORK),
    (0.4, CLOCK),
)
"""how many of the seeds know it, and what is in it"""
