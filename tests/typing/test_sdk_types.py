from pathlib import Path

from mypy import api

ROOT = Path(__file__).parent.parent.parent
SNIPPETS = Path(__file__).with_name("sdk_snippets.py")


def check(path: Path, cache: Path) -> str:
    settings = ROOT / "pyproject.toml"
    out, errors, _ = api.run(["--config-file", str(settings), "--cache-dir", str(cache), str(path)])
    return out + errors


def test_users_get_the_types_of_their_own_functions() -> None:
    # Every `type: ignore` in the snippets must be needed: strict mode reports one that is not.
    assert check(SNIPPETS, ROOT / ".mypy_cache").startswith("Success")


def test_the_check_can_fail(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    right = 'await send_email.schedule(1, template="x")  # type: ignore[arg-type]'
    text = SNIPPETS.read_text()
    assert right in text
    wrong.write_text(text.replace(right, right.partition("  #")[0]))
    assert "[arg-type]" in check(wrong, ROOT / ".mypy_cache")
