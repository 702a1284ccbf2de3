"""The small parts of the command line: times, texts, ports, addresses, lines."""

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from penstock.cli.address import remove_address, write_address
from penstock.cli.app_path import check_app
from penstock.cli.checkup.settings import without_password
from penstock.cli.client import check_json_object
from penstock.cli.logs import LINE_CHARS_MAX, LineCutter
from penstock.cli.ports import free_port
from penstock.cli.reload import snapshot
from penstock.cli.text import one_line, visible
from penstock.cli.when import iso, parse_duration_us, parse_moment_us, parse_since_us, span
from penstock.model.errors import InvalidInput
from penstock.sdk.address import find_address
from penstock.settings import is_loopback, load_settings


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("1h30m", 5400),
        ("2d", 172_800),
        ("250ms", 0.25),
        ("1.5m", 90),
        ("1w", 604_800),
        ("0", 0),
    ],
)
def test_lengths_of_time(text: str, seconds: float) -> None:
    assert parse_duration_us(text, "--delay") == seconds * 1_000_000


@pytest.mark.parametrize("text", ["", "-1s", "1x", "soon", "1h 30m", "nan", "inf", "1e3", "9" * 30, "s"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(InvalidInput, match="--delay"):
        parse_duration_us(text, "--delay")


def test_moments_with_an_offset_are_the_same_moment() -> None:
    assert parse_moment_us("1970-01-01T01:00+01:00", "--at") == 0
    assert parse_moment_us("1970-01-01T00:00:01Z", "--at") == 1_000_000


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "2026-02-30T00:00", "12:00", "2026-01-01T00:00:61"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(InvalidInput, match="--at"):
        parse_moment_us(text, "--at")


def test_since_is_a_moment_or_how_long_ago() -> None:
    now = datetime(1970, 1, 1, 1, tzinfo=UTC)
    assert parse_since_us("30m", now) == 1800 * 1_000_000
    assert parse_since_us("1970-01-01T00:00Z", now) == 0
    for neither in ("1x", "yesterday", ""):
        with pytest.raises(InvalidInput, match=r"--since: .* is neither a length of time nor a moment; write how long"):
            parse_since_us(neither, now)
    with pytest.raises(InvalidInput, match=r"--since: '1969-12-31T23:59Z' is before 1970"):
        parse_since_us("1969-12-31T23:59Z", now)


def test_times_are_shown_in_utc_and_spans_at_a_glance() -> None:
    assert iso(1_500_000) == "1970-01-01T00:00:01.500000Z"
    assert iso(0) is None
    assert [span(us) for us in (340, 12_000, 3_400_000, 320_000_000, 11_520_000_000)] == [
        "340 us",
        "12 ms",
        "3.4 s",
        "5m 20s",
        "3h 12m",
    ]


def test_strangers_text_cannot_command_a_terminal() -> None:
    assert visible("a\x1b[31mb\x07\x9b\u202e") == "a\\x1b[31mb\\x07\\x9b\\u202e"
    assert visible("line\n\ttab ünïcode 日本") == "line\n\ttab ünïcode 日本"
    assert one_line("a\nb" + "c" * 200, 10) == "a bcccccc…"


@pytest.mark.parametrize("text", ["[1]", "null", "{", '{"a": NaN}', '{"a": Infinity}', "", "[" * 100_000])
def test_a_payload_is_one_json_object(text: str) -> None:
    with pytest.raises(InvalidInput, match="JSON"):
        check_json_object(text)


def test_a_payload_too_deep_is_told_the_limit() -> None:
    with pytest.raises(InvalidInput, match="nested deeper than 64 levels"):
        check_json_object('{"a":' * 50_000 + "1" + "}" * 50_000)


def test_a_good_payload_goes_as_it_was_written() -> None:
    assert check_json_object('{"b": 1, "a": "ü"}') == '{"b": 1, "a": "ü"}'.encode()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1"])
def test_loopback_is_for_this_machine_only(host: str) -> None:
    assert is_loopback(host)
    assert load_settings(listen_host=host).listen_host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", ""])
def test_servers_refuse_what_others_can_reach_without_tokens_and_tls(host: str) -> None:
    secure = {"tls_certificate_file": "server.pem", "tls_key_file": "server.key", "advertise_host": "a.example.org"}
    assert not is_loopback(host)
    with pytest.raises(InvalidInput, match=r"lacks authentication .* and TLS"):
        load_settings(listen_host=host)
    with pytest.raises(InvalidInput, match=r"lacks TLS \(set tls_certificate_file and tls_key_file, or .*tls_ended_by"):
        load_settings(listen_host=host, authentication="tokens")
    with pytest.raises(InvalidInput, match="lacks authentication") as refused:
        load_settings(listen_host=host, **secure)
    assert "TLS" not in str(refused.value)
    with pytest.raises(InvalidInput, match="lacks authentication"):
        load_settings(listen_host=host, tls_ended_by="nginx")
    assert load_settings(listen_host=host, authentication="tokens", **secure).listen_host == host
    behind = {"tls_ended_by": "nginx", "advertise_host": "a.example.org"}
    assert load_settings(listen_host=host, authentication="tokens", **behind).listen_host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]"])
def test_workers_are_not_sent_to_an_address_of_nobody(host: str) -> None:
    known = {"authentication": "tokens", "tls_ended_by": "nginx"}
    with pytest.raises(InvalidInput, match="advertise_host is needed"):
        load_settings(listen_host=host, **known)
    assert load_settings(listen_host="192.168.1.2", **known).advertise_host == ""


def test_a_port_in_use_leads_to_another_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port: int = taken.getsockname()[1]
        other = free_port("127.0.0.1", port)
        assert other not in (port, 0)
    assert free_port("127.0.0.1", port) == port


def test_lines_are_cut_whatever_pieces_they_come_in() -> None:
    cutter = LineCutter()
    assert cutter.feed(b"on") == []
    assert cutter.feed(b"e\r\ntwo\n\xff") == ["one", "two"]
    assert cutter.end() == ["\\xff"]
    assert cutter.end() == []
    assert [len(line) for line in cutter.feed(b"x" * (2 * LINE_CHARS_MAX + 1))] == [LINE_CHARS_MAX, LINE_CHARS_MAX]


def test_an_address_is_found_where_it_was_written(tmp_path: Path) -> None:
    folder = tmp_path / ".penstock"
    folder.mkdir()
    write_address(folder, "127.0.0.1:7", "http://127.0.0.1:8")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_address("", {}, below).text == "127.0.0.1:7"
    assert sorted(path.name for path in folder.iterdir()) == ["address", "http_address"]
    assert (folder / "http_address").read_text() == "http://127.0.0.1:8\n"
    remove_address(folder)
    remove_address(folder)
    assert not list(folder.iterdir())


def test_a_snapshot_sees_python_files_and_skips_what_is_not_ours(tmp_path: Path) -> None:
    for name in ("a.py", "pkg/b.py", ".venv/c.py", "node_modules/d.py", "__pycache__/e.py", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("1")
    before = snapshot(tmp_path)
    assert {Path(path).name for path in before} == {"a.py", "b.py"}
    (tmp_path / "a.py").write_text("22")
    assert snapshot(tmp_path) != before


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://ada:secret@db:5432/x", "postgresql://ada:***@db:5432/x"),
        ("postgresql://ada@db/x", "postgresql://ada@db/x"),
        ("nats://token@h:4222,nats://u:p@g:4222", "nats://***@h:4222,nats://u:***@g:4222"),
        ("postgresql://u:p@ss@db/x", "postgresql://u:***@db/x"),
        ("plain", "plain"),
    ],
)
def test_passwords_are_not_shown(text: str, shown: str) -> None:
    assert without_password(text) == shown


def test_an_app_is_found_without_being_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "noisy_shop.py").write_text("raise SystemExit('was run')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert check_app("noisy_shop") == "noisy_shop:app"
    assert check_app("noisy_shop:other") == "noisy_shop:other"


@pytest.mark.parametrize(
    "text", ["shop.py", "dir/shop.py:app", "no_such_module_here:app", "", ":app", "a b:c", "os:system()"]
)
def test_what_is_no_app(text: str) -> None:
    with pytest.raises(InvalidInput, match="APP"):
        check_app(text)
