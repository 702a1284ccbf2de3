"""Was anything missed or out of order? From what the lambdas wrote, what their source has, and the disk."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .audit import latest_entries
from .box import Box
from .contents import read_text
from .files import is_image
from .history import Run
from .index import indexed_files
from .notify import told_upto
from .permissions import EVERYBODY, parent_of, readers_of, with_rules
from .previews import page_of, preview_of, thumbnail_of
from .receiver import received_upto

SUBSCRIPTIONS: Final = ("index", "notify", "previews", "audit", "webhook", "permissions")


@dataclass
class Proof:
    """What was compared, and what does not fit: each in words, one for each event that is missing or came too early."""

    events: int = 0
    """changes of which a lambda was told, or that the source has"""
    deliveries: int = 0
    """executions of a lambda for an event that ended well"""
    subjects: int = 0
    files: int = 0
    folders: int = 0
    tasks: int = 0
    lost: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)


def prove(box: Box, heads: Mapping[str, int], runs: Sequence[Run], received: Path) -> Proof:
    """`heads`: how far the source has come with each path. `received`: what the third party took."""
    of_events = [run for run in runs if run.sequence]
    told = {(run.subject, run.sequence) for run in of_events} | set(heads.items())
    proof = Proof(events=len(told), deliveries=sum(run.ended_us > 0 for run in of_events), subjects=len(heads))
    proof.lost += missing_deliveries(heads, of_events)
    proof.lost += missing_tasks(runs)
    proof.lost += _missing_in("the third party", heads, received_upto(received))
    proof.lost += _missing_in("the inbox", heads, told_upto())
    _compare_with_disk(box, proof)
    _compare_access(box, proof)
    proof.tasks = len({run.task for run in runs if run.task and run.ended_us})
    proof.out_of_order += [*wrong_order(of_events), *too_early(of_events), *wrong_chains(runs)]
    return proof


def missing_deliveries(heads: Mapping[str, int], runs: Sequence[Run]) -> Iterator[str]:
    """Each lambda and path that has not come as far as the source."""
    upto: dict[tuple[str, str], int] = defaultdict(int)
    for run in runs:
        if run.ended_us:
            key = (run.lambda_name, run.subject)
            upto[key] = max(upto[key], run.sequence)
    for name in SUBSCRIPTIONS:
        for subject, head in heads.items():
            if upto[name, subject] < head:
                yield f"{name} was not told of {subject} at {head}"


def missing_tasks(runs: Sequence[Run]) -> Iterator[str]:
    """Each task of a chain that never ran to its end."""
    done = {run.task for run in runs if run.task and run.ended_us}
    for run in runs:
        for task in run.note.get("chain", {}):
            if task not in done:
                yield f"task {task} of the chain of {run.subject} was not run"


def wrong_order(runs: Sequence[Run]) -> Iterator[str]:
    """Each run that began with an event before one that had begun, or while another of the same path ran."""
    highest: dict[tuple[str, str], int] = defaultdict(int)
    busy_until: dict[tuple[str, str], int] = defaultdict(int)
    for run in sorted(runs, key=lambda each: each.began_us):
        key = (run.lambda_name, run.subject)
        if run.sequence < highest[key]:
            yield f"{run.lambda_name} was told of {run.subject} at {run.sequence} after {highest[key]}"
        elif run.began_us < busy_until[key]:
            yield f"{run.lambda_name} ran twice at the same time for {run.subject}"
        highest[key] = max(highest[key], run.sequence)
        busy_until[key] = max(busy_until[key], run.ended_us, run.failed_us)


def too_early(runs: Sequence[Run]) -> Iterator[str]:
    """Each notification before its file could be found."""
    for run in runs:
        if run.lambda_name == "notify" and run.ended_us and run.note["index_upto"] < run.sequence:
            yield f"notify told of {run.subject} at {run.sequence} before index had it"


def wrong_chains(runs: Sequence[Run]) -> Iterator[str]:
    """Each task that began before the one above it was done."""
    began: dict[str, int] = {}
    ended: dict[str, int] = {}
    for run in runs:
        if run.task:
            began[run.task] = min(run.began_us, began.get(run.task, run.began_us))
        if run.task and run.ended_us:
            ended[run.task] = min(run.ended_us, ended.get(run.task, run.ended_us))
    for run in runs:
        for task, above in run.note.get("chain", {}).items():
            if above and task in began and began[task] < ended.get(above, began[task] + 1):
                yield f"task {task} began before {above}, which it goes after, was done"


def _missing_in(where: str, heads: Mapping[str, int], upto: Mapping[str, int]) -> Iterator[str]:
    for subject, head in heads.items():
        if upto.get(subject, 0) < head:
            yield f"{where} does not have {subject} at {head}"


def _compare_with_disk(box: Box, proof: Proof) -> None:
    """Whatever the source says: the files themselves."""
    files = dict(files_below(box.folder))
    proof.files = len(files)
    entries, texts = latest_entries(), indexed_files()
    for path in sorted(files.keys() | texts.keys() | {path for path, (_, kind, _) in entries.items()}):
        file = files.get(path)
        _, kind, size = entries.get(path, (0, "file.deleted", 0))
        if (file is None) != (kind == "file.deleted") or (file is not None and file.stat().st_size != size):
            proof.lost.append(f"the audit log does not have {path} as it is")
        if (texts.get(path) if path in texts else None) != (None if file is None else read_text(file)):
            proof.lost.append(f"the index does not have {path} as it is")
        if preview_of(path).is_file() != (file is not None and _has_preview(file)):
            proof.lost.append(f"the preview of {path} is not as it is")


def _has_preview(file: Path) -> bool:
    return thumbnail_of(file) is not None if is_image(file.name) else bool(page_of(file))


def _compare_access(box: Box, proof: Proof) -> None:
    expected: dict[str, frozenset[str]] = {}
    for parent, names, _ in os.walk(box.folder):
        names.sort()
        folder = str(Path(parent).relative_to(box.folder)) if Path(parent) != box.folder else ""
        above = expected[parent_of(folder)] if folder else EVERYBODY
        expected[folder] = with_rules(above, folder)
    proof.folders = len(expected)
    proof.lost += [
        f"the permissions of {folder or 'the folder of all'} are not those of its rules"
        for folder, readers in expected.items()
        if readers_of(folder) != readers
    ]


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Each file that is told of, by its path."""
    for parent, names, files in os.walk(folder):
        names[:] = [name for name in names if not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                yield str((Path(parent) / name).relative_to(folder)), Path(parent, name)
