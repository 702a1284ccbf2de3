"""Bugs in what quotas let pass, in shares, and in what is refused under overload."""

from typing import Final

from tests.mutants.mutant import Mutant

_FRONTEND: Final = "tests/layers/test_frontend_quotas.py"
_STARTS: Final = "tests/layers/test_delivery_quotas.py"
_WEIGHTS: Final = "tests/layers/test_delivery_weights.py"
_OVERLOAD: Final = "tests/layers/test_overload.py"
_PUMP: Final = "tests/layers/test_pump.py"
_REFUSALS: Final = "tests/layers/test_sdk_refusals.py"


def _store(duty: str) -> str:
    return f"tests/contracts/test_postgres_contract.py::test_contract[{duty}]"


QUOTAS: Final = (
    Mutant(
        "sql-reads-the-clock-of-a-bucket-before-it-is-its-turn",
        "adapters/postgres/sql/quota_draw.sql",
        "greatest(0, extract(epoch from now_at - at)::float8)",
        "extract(epoch from now_at - at)::float8",
        (_store("a_clock_that_goes_back_fills_nothing_and_goes_on_from_there"),),
    ),
    Mutant(
        "sql-gives-less-than-the-least",
        "adapters/postgres/sql/quota_draw.sql",
        "case when level >= least then least(wanted, floor(level)::int) else 0 end",
        "least(wanted, floor(level)::int)",
        (_store("a_draw_gets_its_least_or_nothing"),),
    ),
    Mutant(
        "tokens-are-good-for-ever",
        "model/token_bucket.py",
        "        return self._tokens if now_s < self._good_until_s else 0\n",
        "        return self._tokens\n",
        ("tests/model/test_token_bucket.py::test_what_is_not_spent_in_time_is_void",),
    ),
    Mutant(
        "one-quota-is-spent-though-another-one-refuses",
        "flow/schedule_quotas.py",
        "    if _short(needs):\n        return False\n    for purse, count in needs:\n        purse.spend(count)\n",
        "    short = _short(needs)\n    for purse, count in needs:\n        purse.spend(count)\n"
        "    if short:\n        return False\n",
        (f"{_FRONTEND}::test_a_refused_call_leaves_in_hand_what_it_does_not_use",),
    ),
    Mutant(
        "a-claim-that-finds-nothing-keeps-its-token",
        "delivery/dispatch.py",
        "            self._quotas.give_back(lane.lane, len(ticket.ids) - len(claimed))\n",
        "            pass\n",
        (f"{_STARTS}::test_a_stale_reference_uses_up_no_quota",),
    ),
    Mutant(
        "who-had-nothing-to-do-saves-it-up",
        "delivery/choice.py",
        "        self._now = max(self._tags.pop(lambda_id), self._now)\n",
        "        self._now = self._tags.pop(lambda_id)\n",
        (f"{_WEIGHTS}::test_who_had_nothing_to_do_saves_nothing_up",),
    ),
    Mutant(
        "shares-are-counted-in-turns",
        "delivery/choice.py",
        "self._now + tasks / self._weights.weight(lambda_id)",
        "self._now + 1 / self._weights.weight(lambda_id)",
        (f"{_WEIGHTS}::test_shares_are_counted_in_tasks_not_in_turns",),
    ),
    Mutant(
        "a-flood-fills-the-queue-of-all",
        "frontend/overload.py",
        "    return waiting + more <= bound or not own or own + more <= bound / (lanes + 1)\n",
        "    return waiting + more <= bound\n",
        (f"{_OVERLOAD}::test_one_lambdas_flood_refuses_no_other_lambda",),
    ),
    Mutant(
        "overload-is-over-while-calls-are-refused",
        "frontend/overload.py",
        'it is not over yet."""\n        self._troubled_at_s = now_s\n',
        'it is not over yet."""\n',
        (f"{_OVERLOAD}::test_it_comes_back_stage_by_stage_once_nothing_waits_and_nothing_is_refused",),
    ),
    Mutant(
        "refused-calls-are-tried-again-without-a-budget",
        "sdk/link.py",
        "or self._link.budget.retry()",
        "or True",
        (f"{_REFUSALS}::test_retries_end_when_their_budget_is_used_up",),
    ),
    Mutant(
        "what-was-stored-is-sent-again-beside-a-quota",
        "sdk/shipping.py",
        " or any(outcome is not refusal for outcome in outcomes)",
        "",
        (f"{_REFUSALS}::test_parts_that_were_stored_are_not_sent_again",),
    ),
    Mutant(
        "floods-share-trips-with-everybody",
        "model/fair_queue.py",
        "        return line.rows > LIGHT_ROWS_MAX and self._usage.times_others(key) > HEAVY_TIMES\n",
        "        return False\n",
        (f"{_PUMP}::test_a_flood_of_one_lane_keeps_no_other_waiting",),
    ),
    Mutant(
        "a-flood-that-rested-is-not-looked-at-again",
        "flow/pump.py",
        "            loop.call_at(self._departures.resumes_at_s, self._resume)\n",
        "",
        (f"{_PUMP}::test_what_rests_goes_on_when_nothing_else_ever_comes",),
    ),
    Mutant(
        "a-flood-never-rests",
        "model/courtesy.py",
        "        if others and self._suffer():\n",
        "        if not others and self._suffer():\n",
        ("tests/model/test_departures.py::test_a_flood_rests_while_others_suffer_from_it",),
    ),
    Mutant(
        "a-flood-that-rests-is-an-overload",
        "frontend/admission_control.py",
        "self._pump.oldest_wait_s(Load.HEAVY) - HEAVY_S)",
        "self._pump.oldest_wait_s(Load.HEAVY))",
        ("tests/layers/test_admission_pump.py::test_a_flood_that_rests_for_others_sake_is_no_overload",),
    ),
)
