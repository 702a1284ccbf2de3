"""The one-process world: every layer on memory adapters and a virtual clock, driven and hurt by one seed.

    python -m penstock.testing.world 17              the whole story of seed 17
    python -m penstock.testing.world --seeds 0-499   all of them; exit code 1 and the story of the first that fails

    run_seed(17) -> Verdict                          the same in a test: `verdict.holds`, `story(verdict)`

A seed decides what clients ask for, what their tasks do, every delay, every fault and its moment. The same seed
gives the same happenings. How it is built, from the inside out:

- `processes.py` simulated processes on one loop: stopped or killed between any two steps
- `doors.py`, `network.py`, `weather.py`  how they reach the engines and each other, and what goes wrong there
- `frontends.py`, `orchestrators.py`, `workers.py`, `executors.py`  the real layers, put together as in `compose`
- `lambdas.py`, `clients.py`  what is run, and who asks for it
- `faults.py`, `nemesis.py`   what happens to them
- `chronicle.py`, `witness.py`  what was seen from outside; `checks/` what must hold of it
"""

from penstock.testing.world.running import Verdict, run_seed
from penstock.testing.world.story import story, summary

__all__ = ["Verdict", "run_seed", "story", "summary"]
