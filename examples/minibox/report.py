"""The report of a run: one HTML file that needs nothing else."""

import base64
import html
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from .audit import counts_by_type
from .box import Box
from .charts import bars, lines_over_time
from .figures import Pipe, percentile_ms, pipes, seconds
from .files import is_image, shown
from .history import Run
from .index import search
from .notify import messages_for
from .permissions import readers_of
from .previews import preview_of
from .proof import SUBSCRIPTIONS, files_below
from .story import Story

_PICTURES_MAX: Final = 18
_FOLDERS_MAX: Final = 14
_PEOPLE_SHOWN: Final = ("ada", "chen", "gus")
_INTRODUCTION: Final = """<h1>Minibox</h1><p>A small Dropbox over a real folder: every change of a file is delivered to
six lambdas, in its order, though an executor was killed and pings were lost.</p>"""
_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --good: #2a9d8f; --bad: #e63946 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 960px; margin: 2rem auto; padding: 0 1rem }
h1 { margin-bottom: .2rem } h2 { margin: 2.2rem 0 .6rem; font-size: 1.15rem }
.verdict { font-size: 1.25rem; padding: .8rem 1.1rem; border-left: 6px solid var(--good); background: var(--soft) }
.verdict.bad { border-color: var(--bad) } code, pre { font-size: .88rem } pre { overflow: auto }
table { border-collapse: collapse; width: 100% } td, th { padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
th { text-align: left; font-weight: 600 } .n { text-align: right; font-variant-numeric: tabular-nums }
svg { width: 100%; height: auto } svg text { font-size: 11px; fill: currentColor; opacity: .75 }
.grid { stroke: var(--line) } .axis { stroke: currentColor } .mark { stroke: var(--bad); stroke-dasharray: 4 3 }
text.mark { stroke: none; fill: var(--bad); opacity: 1 }
.legend span { margin-right: 1.1rem }
.legend i { display: inline-block; width: .8em; height: .8em; margin-right: .35em }
.bar { display: flex; align-items: center; gap: .6rem } .bar span { width: 11rem } .bar i { height: .8rem;
  background: var(--good); border-radius: 3px } .bar b { font-weight: 400 }
.pictures { display: flex; flex-wrap: wrap; gap: .6rem } .pictures img { height: 92px; border-radius: 4px }
.tree { font-family: ui-monospace, monospace; font-size: .88rem; white-space: pre-wrap }
"""


def write_report(box: Box, story: Story, last_line: str, queries: Sequence[str], target: Path) -> None:
    """Appears as a whole."""
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Minibox</title><style>{_STYLE}</style>",
        _INTRODUCTION,
        _verdict(story, last_line),
        *_section("The pipes", _pipes_table(story)),
        *_section("Deliveries a second", _rates(story)),
        *_section("From the change to the first line", _latencies(story)),
        *_section("What happened", _timeline(story)),
        *_section("What people did", bars(story.changes, "")),
        *_section("What the audit log has", bars(counts_by_type(), "entries")),
        *_section("Search", "".join(_searches(queries))),
        *_section("Previews", _pictures(box)),
        *_section("Who may read what", _access(box)),
        *_section("Who was told", _told()),
    ]
    unfinished = target.with_suffix(".unfinished")
    unfinished.write_text("\n".join(parts))
    unfinished.replace(target)


def _section(title: str, body: str) -> Iterator[str]:
    yield f"<h2>{html.escape(title)}</h2>"
    yield body


def _verdict(story: Story, last_line: str) -> str:
    proof = story.proof
    good = not proof.lost and not proof.out_of_order
    lost, pings = story.lost_pings
    words = (
        f"{proof.subjects} paths by their source, {proof.files} files on disk, {proof.folders} folders' permissions and"
        f" {proof.tasks} tasks were compared with what the lambdas wrote. {lost} of {pings} pings were lost on purpose."
    )
    problems = "".join(f"<li>{html.escape(shown(each))}</li>" for each in [*proof.lost, *proof.out_of_order][:50])
    verified = f"<pre>penstock verify\n{html.escape(shown(story.verified.line))}</pre>"
    return (
        f'<p class="verdict{"" if good else " bad"}">{"Nothing was missed." if good else "Something is wrong."}<br>'
        f"<code>{html.escape(last_line)}</code></p><p>{words}</p>{verified}<ul>{problems}</ul>"
    )


def _pipes_table(story: Story) -> str:
    rows = "".join(_pipe_row(pipe) for pipe in pipes(story.runs, _end_us(story.runs), story.live_from_us))
    heads = "<th>lambda<th class=n>events<th class=n>behind<th class=n>run again<th class=n>p95"
    return f"<table><tr>{heads}</tr>{rows}</table>"


def _pipe_row(pipe: Pipe) -> str:
    cells = "".join(f"<td class=n>{value}" for value in (pipe.done, pipe.behind, pipe.again, f"{pipe.p95_ms} ms"))
    return f"<tr><td>{pipe.name}{cells}</tr>"


def _rates(story: Story) -> str:
    runs = [run for run in story.runs if run.sequence]
    start_us = runs[0].began_us if runs else 0
    series = {
        name: seconds([run for run in runs if run.lambda_name == name], start_us, _end_us(runs))
        for name in SUBSCRIPTIONS
    }
    return lines_over_time(series, _marks(story, start_us), "events a second")


def _latencies(story: Story) -> str:
    runs = [run for run in story.runs if run.sequence and run.event_us >= story.live_from_us]
    if not runs:
        return "<p>No file was changed while all of it ran.</p>"
    start_us = runs[0].began_us
    count = (_end_us(runs) - start_us) // 1_000_000 + 1
    buckets: list[list[int]] = [[] for _ in range(count)]
    for run in runs:
        buckets[(run.began_us - start_us) // 1_000_000].append(run.late_us)
    series = {f"p{percent}": [percentile_ms(bucket, percent) for bucket in buckets] for percent in (50, 95)}
    return lines_over_time(series, _marks(story, start_us), "ms, of changes while all of it ran")


def _marks(story: Story, start_us: int) -> list[tuple[float, str]]:
    return [((story.killed_at_us - start_us) / 1e6, "kill -9")] if story.killed_at_us else []


def _end_us(runs: Sequence[Run]) -> int:
    return max((max(run.began_us, run.ended_us) for run in runs), default=0)


def _timeline(story: Story) -> str:
    rows = "".join(f"<tr><td class=n>{at_s:.1f} s<td>{html.escape(text)}</tr>" for at_s, text in story.told)
    return f"<table>{rows}</table>"


def _searches(queries: Sequence[str]) -> Iterator[str]:
    for query in queries:
        found = "".join(
            f"<li><code>{html.escape(path)}</code>: {html.escape(snippet)}</li>" for path, snippet in search(query)
        )
        yield f"<p><b>{html.escape(query)}</b></p><ul>{found or '<li>nowhere</li>'}</ul>"


def _pictures(box: Box) -> str:
    made = [(path, preview_of(path)) for path, _ in sorted(files_below(box.folder)) if is_image(path)]
    there = [(path, preview) for path, preview in made if preview.is_file()]
    shown_ones = "".join(
        f'<img alt="{html.escape(path)}" title="{html.escape(path)}" src="data:image/png;base64,'
        f'{base64.b64encode(preview.read_bytes()).decode()}">'
        for path, preview in there[:_PICTURES_MAX]
    )
    return f'<div class="pictures">{shown_ones}</div><p>{len(there)} thumbnails in all.</p>'


def _access(box: Box) -> str:
    folders = sorted({str(Path(path).parent) for path, _ in files_below(box.folder)}, key=lambda each: each.split("/"))
    lines = []
    for folder in folders[:_FOLDERS_MAX]:
        name = "" if folder == "." else folder
        lines.append(f"{'  ' * name.count('/')}{name or '(all)'}: {', '.join(sorted(readers_of(name)))}")
    return f'<div class="tree">{html.escape(chr(10).join(lines))}</div>'


def _told() -> str:
    counts = Counter({name: len(messages_for(name)) for name in _PEOPLE_SHOWN})
    return bars(dict(counts), "messages")
