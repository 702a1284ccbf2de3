"""Bugs in an executor: leases, deadlines, overlaps, reports."""

from typing import Final

from tests.mutants.mutant import IN_THE_WORLD, Mutant

_EXECUTOR: Final = "execution/executor.py"
_CANCELS: Final = "tests/layers/test_execution_cancels.py"
_HEARTBEATS: Final = "tests/layers/test_execution_heartbeats.py"
_INTAKE: Final = "tests/layers/test_execution_intake.py"
_OUTCOMES: Final = "tests/layers/test_execution_outcomes.py"
_REPORTS: Final = "tests/layers/test_execution_reports.py"
_LEASES: Final = "tests/layers/test_execution_leases.py"

EXECUTION: Final = (
    Mutant(
        "a-lease-is-measured-from-the-receipt-of-the-task",
        _EXECUTOR,
        "deadline_us = message.stamp_us + self._terms.lease_us",
        "deadline_us = int(self._seat.monotonic_s() * 1_000_000) + self._terms.lease_us",
        (
            f"{_LEASES}::test_a_claim_is_leased_from_the_stamp_that_it_came_with",
            f"{_INTAKE}::test_what_is_buffered_past_its_deadline_is_dropped_without_a_word",
        ),
    ),
    Mutant(
        "a-lease-is-measured-from-the-answer-to-a-heartbeat",
        "execution/heartbeat.py",
        "deadline_us = sent_us + self._terms.lease_us",
        "deadline_us = int(self._seat.monotonic_s() * 1_000_000) + self._terms.lease_us",
        (f"{_LEASES}::test_a_renewed_lease_is_counted_from_the_sending_of_the_heartbeat",),
    ),
    Mutant(
        "code-is-started-past-its-deadline",
        "execution/turn.py",
        "if now_us > held.deadline_us - self._terms.start_margin_us or held.refused:",
        "if held.refused:",
        (f"{_INTAKE}::test_what_is_buffered_past_its_deadline_is_dropped_without_a_word",),
    ),
    Mutant(
        "a-verdict-is-sent-while-the-code-still-runs",
        "execution/coroutines.py",
        "            held.coroutine.cancel()\n",
        "            held.coroutine.cancel()\n"
        "            held.report = raised(held, asyncio.CancelledError(), self._turn.run_us(held))\n"
        "            self._turn.is_over(held)\n",
        (f"{_CANCELS}::test_a_lambda_that_swallows_its_cancel_has_the_last_word", IN_THE_WORLD),
    ),
    Mutant(
        "a-newer-claim-starts-while-the-older-ones-code-runs",
        "execution/ledger.py",
        "if held.id in self._by_id:  # its code still runs: never two executions at once",
        "if held.id not in self._by_id:",
        (f"{_HEARTBEATS}::test_a_newer_claim_waits_until_the_older_ones_code_has_stopped",),
    ),
    Mutant(
        "a-refused-claim-is-reported-all-the-same",
        _EXECUTOR,
        "if held.report is None or held.refused:",
        "if held.report is None:",
        (f"{_HEARTBEATS}::test_a_refused_claim_is_stopped_and_never_reported",),
    ),
    Mutant(
        "code-goes-on-without-a-lease",
        "execution/watch.py",
        "if now_s * 1_000_000 >= held.deadline_us - margin_us:",
        "if now_s * 1_000_000 >= held.deadline_us - margin_us and held.stuck:",
        (f"{_LEASES}::test_code_of_a_refused_claim_that_will_not_stop_ends_its_process",),
    ),
    Mutant(
        "an-orchestrator-that-is-away-makes-reports-lost",
        "execution/reporter.py",
        "                await asyncio.sleep(backoff.next_s())\n            except PenstockError as error:\n",
        "                await self._isolate(batch, error)\n"
        "                return\n"
        "            except PenstockError as error:\n",
        (f"{_REPORTS}::test_results_wait_for_an_orchestrator_and_stay_on_the_board_as_ended",),
    ),
    Mutant(
        "a-result-over-its-limit-makes-its-task-fail",
        "execution/endings.py",
        "    left_out = len(result) > RESULT_BYTES_MAX\n",
        "    left_out = len(result) > RESULT_BYTES_MAX\n"
        "    if left_out:\n"
        "        return _report(held, Event.FAILED_FATALLY, run_us, NO_FAILURE)\n",
        (f"{_OUTCOMES}::test_a_result_is_encoded_left_out_or_refused",),
    ),
    Mutant(
        "a-cancel-only-a-heartbeat-tells-is-not-heard",
        "execution/heartbeat.py",
        "if held.id in answer.cancel_requested:",
        "if held.refused:",
        (f"{_CANCELS}::test_a_cancel_that_only_the_heartbeat_tells_arrives",),
    ),
)
