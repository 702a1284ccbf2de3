"""Bugs in Minibox: a proof that proves nothing, and lambdas that do what nobody may."""

from typing import Final

from tests.mutants.mutant import Mutant

_LAMBDAS: Final = "tests/layers/test_minibox_lambdas.py"
_PROOF: Final = "tests/layers/test_minibox_proof.py"
_EXAMPLE: Final = "examples/minibox"

MINIBOX: Final = (
    Mutant(
        "what-a-killed-executor-had-begun-counts-as-done",
        "proof.py",
        "        if run.ended_us:\n            key",
        "        if run.began_us:\n            key",
        (f"{_PROOF}::test_each_lambda_that_was_not_told_is_named",),
        below=_EXAMPLE,
    ),
    Mutant(
        "the-proof-looks-at-no-order",
        "proof.py",
        "        if run.sequence < highest[key]:",
        "        if run.sequence < 0:",
        (f"{_PROOF}::test_an_earlier_event_after_a_later_one_is_out_of_order",),
        below=_EXAMPLE,
    ),
    Mutant(
        "the-proof-believes-that-the-index-was-first",
        "proof.py",
        'run.note["index_upto"] < run.sequence',
        'run.note["index_upto"] < 0',
        (f"{_PROOF}::test_who_is_told_before_the_index_has_it_is_too_early",),
        below=_EXAMPLE,
    ),
    Mutant(
        "an-old-webhook-can-be-sent-again",
        "signature.py",
        "    if abs(now_s - at_s) > TOLERANCE_S:",
        "    if at_s - now_s > TOLERANCE_S:",
        (f"{_LAMBDAS}::test_what_was_signed_long_ago_is_refused[-301]",),
        below=_EXAMPLE,
    ),
    Mutant(
        "an-upload-runs-its-script-in-a-preview",
        "previews.py",
        '{"html": False}',
        '{"html": True}',
        (f"{_LAMBDAS}::test_previews_of_pictures_and_texts",),
        below=_EXAMPLE,
    ),
    Mutant(
        "an-idle-delivery-is-told-as-a-strange-row",
        "adapters/postgres/sql/read_triggers.sql",
        " and status <> {status:idle}",
        "",
        ("tests/contracts/test_postgres_idle_rows.py::test_an_idle_row_is_not_live_and_nothing_strange",),
    ),
)
