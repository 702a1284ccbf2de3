"""Progress: between the model and protobuf."""

from penstock.model.progress import Progress, kept_progress
from penstock.wire.v1 import penstock_pb2 as pb


def progress_to_wire(said: Progress) -> pb.Progress:
    """Fields by the same names."""
    return pb.Progress(done=said.done, total=said.total, message=said.message, at_us=said.at_us, claim=said.claim)


def said_from_wire(said: pb.Progress) -> Progress:
    """From a worker: as much of it as can be kept."""
    return kept_progress(said.done, said.total, said.message)


def progress_from_wire(task: pb.Task) -> Progress | None:
    """Of a task that is shown; None for one that never said any."""
    if not task.HasField("progress"):
        return None
    said = task.progress
    return Progress(said.done, said.total, said.message, said.at_us, said.claim)
