"""The store: errors before and after the commit, slowness, absence."""

from typing import Final

from penstock.testing.world.faults.shape import Fault, bad_weather

STORE: Final[dict[str, tuple[float, Fault]]] = {
    "store fails before": (1.5, bad_weather("store_fails_before", "store failed before the commit", 0.1, 0.6, 3.0)),
    "store fails after": (2, bad_weather("store_fails_after", "store failed after the commit", 0.1, 0.6, 3.0)),
    "store commits later": (
        1.5,
        bad_weather("store_commits_later", "store committed after it had failed", 0.05, 0.4, 3.0),
    ),
    "store away": (1, bad_weather("store_fails_before", "store failed before the commit", 1.0, 1.0, 3.0)),
    "store slow": (1, bad_weather("store_slow", "store slow", 0.1, 0.6, 3.0)),
}
"""name -> (weight, fault)"""
