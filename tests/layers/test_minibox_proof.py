"""What Minibox proves: each thing that can be missing or out of order is seen, and named."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from penstock import Event
from penstock.testing.deliveries import deliver_sync
from tests.layers.minibox import Part, parts_of

LAMBDAS = ("index", "notify", "previews", "audit", "permissions")


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Part:
    return parts_of(monkeypatch, tmp_path)


def run(part: Part, name: str = "index", sequence: int = 1, began: int = 0, ended: int = 0, **fields: Any) -> Any:
    return part("history").Run(
        **{
            "lambda_name": name,
            "subject": "a",
            "sequence": sequence,
            "type": "file.changed",
            "task": "",
            "pid": 7,
            "began_us": began,
            "late_us": 5_000,
            "ended_us": ended,
        }
        | fields
    )


def all_done(part: Part, *but: str) -> list[Any]:
    names = part("proof").SUBSCRIPTIONS
    return [run(part, name, began=1, ended=2, note={"index_upto": 1}) for name in names if name not in but]


def test_each_lambda_that_was_not_told_is_named(part: Part) -> None:
    missing = part("proof").missing_deliveries
    assert list(missing({"a": 1}, all_done(part))) == []
    assert list(missing({"a": 1}, all_done(part, "audit"))) == ["audit was not told of a at 1"]
    assert len(list(missing({"a": 2}, all_done(part)))) == 6
    died = [*all_done(part, "index"), run(part, began=1)]
    assert list(missing({"a": 1}, died)) == ["index was not told of a at 1"]


def test_an_earlier_event_after_a_later_one_is_out_of_order(part: Part) -> None:
    wrong_order = part("proof").wrong_order
    fine = [run(part, sequence=1, began=1, ended=2), run(part, sequence=1, began=3), run(part, sequence=2, began=5)]
    assert list(wrong_order(fine)) == []
    back = [run(part, sequence=2, began=1, ended=2), run(part, sequence=1, began=3, ended=4)]
    assert list(wrong_order(back)) == ["index was told of a at 1 after 2"]
    both = [run(part, sequence=1, began=1, ended=9), run(part, sequence=2, began=3, ended=4)]
    assert list(wrong_order(both)) == ["index ran twice at the same time for a"]
    failed = [run(part, sequence=1, began=1, failed_us=9), run(part, sequence=1, began=3, ended=4)]
    assert list(wrong_order(failed)) == ["index ran twice at the same time for a"]


def test_who_is_told_before_the_index_has_it_is_too_early(part: Part) -> None:
    early = run(part, "notify", sequence=5, began=1, ended=2, note={"index_upto": 4})
    assert list(part("proof").too_early([early])) == ["notify told of a at 5 before index had it"]
    early.note["index_upto"] = 6
    assert list(part("proof").too_early([early])) == []


def test_a_chain_is_run_to_its_end_and_from_above(part: Part) -> None:
    proof = part("proof")
    chain = run(part, "permissions", ended=1, note={"chain": {"1": "", "2": "1"}})
    above = run(part, "inherit", 0, began=2, ended=5, task="1")
    assert list(proof.missing_tasks([chain, above])) == ["task 2 of the chain of a was not run"]
    for began, wrong in ((6, 0), (3, 1)):
        below = run(part, "inherit", 0, began=began, ended=9, task="2")
        assert list(proof.missing_tasks([chain, above, below])) == []
        assert len(list(proof.wrong_chains([chain, above, below]))) == wrong


def told(part: Part, folder: Path, path: str, kind: str = "file.created", sequence: int = 1) -> None:
    """To every lambda that needs nobody else."""
    size = (folder / path).stat().st_size if (folder / path).exists() else 0
    event = Event("minibox", path, kind, {"path": path, "size": size}, sequence=sequence)
    for name in LAMBDAS:
        outcome = deliver_sync(getattr(part(name), name), event)
        assert outcome.verdict == "done", outcome.error


def proven(part: Part, home: Path, heads: dict[str, int]) -> Any:
    runs = part("history").History(home / "history").look()
    webhooks = [run(part, "webhook", sequence, ended=1, subject=path) for path, sequence in heads.items()]
    lines = [json.dumps({"id": path, "path": path, "sequence": sequence}) for path, sequence in heads.items()]
    (home / "received.jsonl").write_text("\n".join(lines))
    return part("proof").prove(part("box").Box(home), heads, [*runs, *webhooks], home / "received.jsonl")


def test_all_that_is_there_is_found_as_it_is(part: Part, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "x").mkdir()
    (folder / "x" / "a.md").write_text("the tide")
    part("files").Author(random.Random(1)).paint(folder / "b.png")
    (folder / "half.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    heads = {"x/a.md": 1, "b.png": 1, "half.png": 1}
    for path in heads:
        told(part, folder, path)
    proof = proven(part, tmp_path, heads)
    assert (proof.lost, proof.out_of_order) == ([], [])
    assert (proof.events, proof.deliveries, proof.subjects, proof.files, proof.folders) == (3, 18, 3, 3, 2)


def test_what_has_no_preview_for_a_reason_is_not_lost(
    part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of people: a blank one, one that is blank at first, a picture that is too large, one of half its bytes."""
    folder, author = tmp_path / "folder", part("files").Author(random.Random(1))
    (folder / "blank.txt").write_text("\n \n")
    (folder / "late.txt").write_text("\n" * 500 + "the tide")
    author.paint(folder / "large.png")
    author.paint(folder / "cut.jpg")
    (folder / "cut.jpg").write_bytes((folder / "cut.jpg").read_bytes()[:-2_000])
    monkeypatch.setattr(part("previews"), "PIXELS_MAX", 1_000)
    heads = {path.name: 1 for path in folder.iterdir()}
    for path in heads:
        told(part, folder, path)
    assert proven(part, tmp_path, heads).lost == []
    assert [path.name for path in (tmp_path / "previews").iterdir()] == [part("previews").preview_of("late.txt").name]


def test_what_is_on_disk_and_nobody_was_told_of_is_lost(part: Part, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "a.md").write_text("the tide")
    lost = proven(part, tmp_path, {}).lost
    assert len(lost) == 3, lost
    told(part, folder, "a.md")
    assert proven(part, tmp_path, {"a.md": 1}).lost == []
    (folder / "a.md").write_text("the ebb, and more of it")
    assert proven(part, tmp_path, {"a.md": 1}).lost == [
        "the audit log does not have a.md as it is",
        "the index does not have a.md as it is",
    ]
    (folder / "a.md").unlink()
    assert len(proven(part, tmp_path, {"a.md": 1}).lost) == 3
    told(part, folder, "a.md", "file.deleted", 2)
    assert proven(part, tmp_path, {"a.md": 2}).lost == []


def test_a_third_party_and_people_who_were_not_told_are_seen(part: Part, tmp_path: Path) -> None:
    proof = part("proof").prove(part("box").Box(tmp_path), {"a": 1}, all_done(part), tmp_path / "received.jsonl")
    assert proof.lost == ["the third party does not have a at 1", "the inbox does not have a at 1"]


def test_permissions_that_did_not_come_down_are_lost(part: Part, tmp_path: Path) -> None:
    (tmp_path / "folder" / "x").mkdir()
    (tmp_path / "folder" / "access.json").write_text('{"add": ["ada"]}')
    told(part, tmp_path / "folder", "access.json.md")  # of no rule: no chain is started
    lost = proven(part, tmp_path, {}).lost
    assert [each for each in lost if "permissions" in each] == [
        "the permissions of the folder of all are not those of its rules",
        "the permissions of x are not those of its rules",
    ]


def test_figures_are_those_of_the_history(part: Part) -> None:
    figures = part("figures")
    runs = [
        run(part, sequence=1, began=1_000_000, ended=1_100_000),
        run(part, sequence=2, began=2_000_000, late_us=900),
        run(part, sequence=2, began=2_500_000, ended=3_200_000, late_us=500_900),
        run(part, "audit", sequence=3, began=2_600_000, ended=2_700_000, late_us=3_000),
    ]
    index, audit = (each for each in figures.pipes(runs, 3_300_000, 0) if each.name in ("index", "audit"))
    assert (index.done, index.behind, index.again, index.p95_ms, index.per_second) == (2, 1, 1, 5, [1, 0, 1])
    assert (audit.done, audit.behind, audit.again) == (1, 0, 0)
    assert figures.first_latenesses(runs, 1_999_000) == [900, 3_000]
    assert figures.percentile_ms(list(range(1_000, 101_000, 1_000)), 95) == 95
    assert (figures.percentile_ms([], 95), figures.span_s([])) == (0, 0.0)
    assert figures.span_s(runs) == pytest.approx(2.2)


def test_the_last_line_counts_what_was_found(part: Part) -> None:
    story = part("story").Story(refreshed=4)
    story.runs = [run(part, began=1_000_000, ended=3_000_000)]
    story.proof = part("proof").Proof(events=10, deliveries=60, lost=["a"], out_of_order=["b", "c"])
    assert part("demo").last_line(story) == (
        "events 10  deliveries 60  refreshed 4  lost 1  out of order 2  events/s 5  p95 5 ms"
    )


def test_people_at_work_leave_a_folder_that_can_be_told_of(part: Part, tmp_path: Path) -> None:
    folder, files = tmp_path / "folder", part("files")
    author = files.Author(random.Random(7))
    author.furnish(folder, 60)
    gardener = part("gardener").Gardener(folder, author, random.Random(11))
    before = dict(part("proof").files_below(folder))
    assert len(before) > 60
    for _ in range(150):
        gardener.change()
    assert sum(gardener.counts.values()) == 150
    assert set(gardener.counts) >= {"edit", "write", "move a file", "delete", "change a rule"}
    after = dict(part("proof").files_below(folder))
    assert before.keys() - after.keys()
    assert after.keys() - before.keys()


def test_a_named_folder_is_copied_as_far_as_it_goes(
    part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, source = part("files"), tmp_path / "mine"
    (source / "sub").mkdir(parents=True)
    for name in (b"a.md", b"sub/b.txt", b"\xff.bin", b"line\nend", b".hidden", b"large"):
        (source / name.decode("utf-8", "surrogateescape")).write_bytes(b"x" * (900 if name == b"large" else 9))
    (source / "link").symlink_to("a.md")
    monkeypatch.setattr(files, "FILE_BYTES_MAX", 100)
    passed_over = files.copy_of(source, tmp_path / "folder")
    monkeypatch.setattr(files, "FILES_MAX", 1)
    files.copy_of(source, tmp_path / "less")
    assert sum(1 for _ in part("proof").files_below(tmp_path / "less")) == 1
    assert sorted(path for path, _ in part("proof").files_below(tmp_path / "folder")) == ["a.md", "sub/b.txt"]
    assert passed_over == 3
    for wanted, problem in (("none", "does not exist"), ("mine/a.md", "is no folder")):
        with pytest.raises(files.NoFolder, match=problem):
            files.copy_of(tmp_path / wanted, tmp_path / "folder")


def test_the_report_is_one_file_that_runs_nobodys_script(part: Part, tmp_path: Path) -> None:
    folder, story = tmp_path / "folder", part("story").Story()
    (folder / "<script>.md").write_text("the <b>tide</b>")
    part("files").Author(random.Random(1)).paint(folder / "b.png")
    for path in ("<script>.md", "b.png"):
        told(part, folder, path)
    story.runs = part("history").History(tmp_path / "history").look()
    story.proof.lost.append("<script> is lost")
    story.told.append((1.0, "kill <script>"))
    target = tmp_path / "report.html"
    part("report").write_report(part("box").Box(tmp_path), story, "events 1", ["tide"], target)
    page = target.read_text()
    assert "<script" not in page
    assert "data:image/png;base64," in page
    assert "&lt;script&gt; is lost" in page
    assert "http" not in page


def test_what_is_seen_on_a_terminal(part: Part) -> None:
    from rich.console import Console

    view = part("view")
    console = Console(width=120, height=40, force_terminal=True, highlight=False, record=True)
    live = view.LiveView(console)
    pipes = part("figures").pipes(all_done(part, "audit"), 1_000_000, 0)
    live.begin()
    live.say("kill -9 7")
    live.show(view.Sight("changes", pipes, 3, 2, 1, (3, 10), 5))
    live.end()
    text = console.export_text()
    for each in ("Minibox", "webhook", "kill -9 7", "3 of 10 pings lost", "5 refreshed"):
        assert each in text
    assert view.spark([0, 1, 8]) == " ▁█"


@pytest.mark.parametrize(
    ("lost", "out_of_order", "code"), [([], [], 0), (["audit was not told"], [], 1), ([], ["index went back"], 1)]
)
def test_the_exit_status_is_that_of_the_proof(
    part: Part, tmp_path: Path, capsys: pytest.CaptureFixture[str], lost: list[str], out_of_order: list[str], code: int
) -> None:
    demo, view = part("demo"), part("view").PlainView()
    run = part("run").MiniboxRun(tmp_path, None, demo.QUICK, view)
    run.story.proof = part("proof").Proof(events=1, lost=lost, out_of_order=out_of_order)
    assert demo._tell(run, tmp_path, view) == code
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1].startswith("events 1  ")
    assert [line for line in printed if line.startswith("problem")] == [
        f"problem  {each}" for each in [*lost, *out_of_order]
    ]
    assert ("Nothing was missed." in (tmp_path / "report.html").read_text()) == (code == 0)


def test_the_platform_has_its_say_and_no_verdict_is_no_proof(part: Part) -> None:
    verified, proof = part("verified"), part("proof").Proof(subjects=3)
    fine = {"stream": "minibox", "complete": True, "looked_at": "now", "subjects": 3, "subscriptions": ["a", "b"]}
    said = verified.read_verdict(json.dumps([{**fine, "behind": 0, "first": []}]).encode(), b"")
    assert said.line == "minibox: complete up to now: 3 subjects for 2 subscriptions"
    assert verified.disagreements(proof, said) == []
    assert verified.disagreements(part("proof").Proof(subjects=4), said) == [
        "penstock verify compared 3 paths, and the source has 4"
    ]
    first = [{"subscription": "minibox.index", "subject": "a.md"}]
    late = verified.read_verdict(json.dumps([{**fine, "complete": False, "behind": 1, "first": first}]).encode(), b"")
    assert verified.disagreements(proof, late) == ["penstock verify: minibox.index is behind with a.md"]
    assert verified.disagreements(part("proof").Proof(subjects=3, lost=["the same"]), late) == []
    for output in (b"", b"[]", b"{"):
        none = verified.read_verdict(output, b"error: nobody\nanswers")
        assert verified.disagreements(proof, none) == ["penstock verify has no verdict: error: nobody answers"]
