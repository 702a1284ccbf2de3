"""The one place that names layers and adapters together: what a server process and a worker are made of."""

from penstock.compose.frontend import FrontendDesks, open_frontend
from penstock.compose.orchestrator import Orchestrator, open_orchestrator
from penstock.compose.push import open_push
from penstock.compose.tokens import open_token_desk
from penstock.compose.worker import run_worker

__all__ = [
    "FrontendDesks",
    "Orchestrator",
    "open_frontend",
    "open_orchestrator",
    "open_push",
    "open_token_desk",
    "run_worker",
]
