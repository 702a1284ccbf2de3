"""What Celery is on any broker: the worker and its settings for short tasks."""

from collections.abc import Sequence
from pathlib import Path

REQUIREMENTS = "celery.txt"


def workers(programs: Path) -> Sequence[Sequence[str]]:
    """Two processes that run tasks; gossip and mingle are for clusters of workers."""
    app = ("--app", "benchmarks.peers.programs.celery_app", "worker", "--loglevel", "WARNING")
    return [[str(programs / "celery"), *app, "--concurrency", "2", "--without-gossip", "--without-mingle"]]
