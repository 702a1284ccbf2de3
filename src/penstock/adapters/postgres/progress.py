"""What running tasks say of their progress: a statement for the heartbeats that carry any, and for no others."""

import logging
from collections.abc import Sequence
from typing import Final

from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.errors import PenstockError
from penstock.model.work import Beat

_NOTE: Final = statement("progress_note")
_log: Final = logging.getLogger(__name__)


async def note_progress(pool: Pool, beats: Sequence[Beat]) -> None:
    """Keep what accepted beats say, where the claim is still current.

    It raises nothing for an engine that does not answer: the leases stand renewed, and the next word comes soon.
    """
    told = [(beat, beat.progress) for beat in beats if beat.progress is not None]
    if not told:
        return
    try:
        await pool.fetch(
            _NOTE,
            [beat.id for beat, _ in told],
            [beat.claim for beat, _ in told],
            [said.done for _, said in told],
            [said.total for _, said in told],
            [said.message for _, said in told],
        )
    except PenstockError as error:
        _log.warning("the progress of %d tasks is not kept: %s", len(told), error)
