"""Bugs at the door: who is let in that should not be, and what one tenant can do to another."""

from typing import Final

from tests.mutants.mutant import Mutant

_ACCESS: Final = "tests/layers/test_access.py"
_BOOK: Final = "tests/layers/test_token_book.py"
_MODEL: Final = "tests/model/test_access.py"
_POSTGRES: Final = "tests/contracts/test_postgres_contract.py::test_contract"
_MEMORY: Final = "tests/contracts/test_memory_store.py::test_the_memory_store_keeps_the_contract"

ACCESS: Final = (
    Mutant(
        "any-secret-opens-the-door-of-an-id-that-is-known",
        "model/access_token.py",
        "if not hmac.compare_digest(known, self.secret_hash) or kept is None:",
        "if kept is None:",
        (f"{_MODEL}::test_every_digit_of_the_secret_counts[0]", f"{_MEMORY}[only_the_right_secret_is_let_in]"),
    ),
    Mutant(
        "a-token-is-trusted-until-it-expires-whoever-revokes-it",
        "server/token_book.py",
        "if note is None or now_s - note.asked_s >= trusted_s or now_s >= note.good_until_s:",
        "if note is None or now_s >= note.good_until_s:",
        (f"{_BOOK}::test_a_revoked_token_is_trusted_for_no_longer_than_stated",),
    ),
    Mutant(
        "an-expiry-is-noticed-at-the-next-look-only",
        "server/token_book.py",
        " or now_s >= note.good_until_s:",
        ":",
        (f"{_BOOK}::test_an_expiry_between_two_looks_is_kept_to_the_moment",),
    ),
    Mutant(
        "an-open-stream-never-hears-of-a-revocation",
        "server/doorkeeper.py",
        "            with contextlib.suppress(Unavailable):",
        "            with contextlib.suppress(PenstockError):",
        (f"{_ACCESS}::test_an_open_stream_ends_when_its_token_is_revoked",),
    ),
    Mutant(
        "a-role-is-not-looked-at",
        "server/access.py",
        "if caller.role not in rule.roles:",
        "if caller.role not in Role:",
        (f"{_ACCESS}::test_every_cell_of_the_table",),
    ),
    Mutant(
        "a-call-without-a-row-is-for-everybody",
        "server/doorkeeper.py",
        "            check_role(method, ANYBODY)\n",
        "            pass\n",
        (f"{_ACCESS}::test_a_call_without_a_row_is_refused_and_an_unknown_one_is_unknown[False]",),
    ),
    Mutant(
        "the-default-namespace-is-for-everybody",
        "server/access.py",
        "if not caller.may_use(namespace):",
        'if namespace != "default" and not caller.may_use(namespace):',
        (f"{_ACCESS}::test_every_call_for_a_foreign_namespace[/penstock.v1.Frontend/GetTask]",),
    ),
    Mutant(
        "a-report-forgets-whose-worker-says-it",
        "model/verdict.py",
        "        history=None if report.ending is Event.RELEASE else _line(report),\n"
        "        namespace_id=report.namespace_id,\n",
        "        history=None if report.ending is Event.RELEASE else _line(report),\n",
        ("tests/layers/test_task_state.py::test_a_report_of_another_namespace_is_refused_whatever_it_says",),
    ),
    Mutant(
        "a-foreign-worker-is-told-that-a-task-has-ended",
        "adapters/postgres/repeats.py",
        "return key in outcomes and change.namespace_id in {None, outcomes[key]}",
        "return key in outcomes",
        (f"{_POSTGRES}[who_repeats_a_report_of_another_namespace_learns_nothing]",),
    ),
    Mutant(
        "a-foreign-worker-keeps-a-lease-alive",
        "adapters/postgres/sql/heartbeat.sql",
        " and (x.namespace_id is null or t.namespace_id = x.namespace_id)",
        "",
        (f"{_POSTGRES}[a_beat_for_a_foreign_task_is_refused_and_renews_nothing]",),
    ),
    Mutant(
        "a-tenants-admin-makes-tokens-for-all",
        "frontend/tokens.py",
        "if not covers(caller.namespaces, wanted):",
        "if not wanted:",
        ("tests/layers/test_frontend_tokens.py::test_nobody_makes_a_token_for_more_than_is_their_own",),
    ),
)
