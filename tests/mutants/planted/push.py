"""Bugs at the back door: what goes to endpoints of others, and what their answers do."""

from typing import Final

from tests.mutants.mutant import Mutant

_PUSH: Final = "tests/layers/test_push.py"
_FAULTS: Final = "tests/layers/test_push_faults.py"
_POSTER: Final = "tests/layers/test_http_poster.py"
_URL: Final = "tests/model/test_endpoint_url.py"
_BREAKER: Final = "tests/model/test_breaker.py"
_MESSAGES: Final = "tests/model/test_endpoint_messages.py"

PUSH: Final = (
    Mutant(
        "only-the-first-address-of-a-name-is-looked-at",
        "adapters/http/guarded.py",
        "        for address in addresses:\n            if because",
        "        for address in addresses[:1]:\n            if because",
        (f"{_POSTER}::test_no_byte_goes_to_an_address_that_may_not_be_called[['93.184.215.14', '127.0.0.1']]",),
    ),
    Mutant(
        "an-address-in-disguise-passes",
        "model/endpoint_url.py",
        "    if _NUMBER.fullmatch(labels[-1]):",
        "    if len(labels) == 4 and _NUMBER.fullmatch(labels[-1]):",
        (f"{_URL}::test_what_is_not_public_is_refused_however_it_is_written[127.1]",),
    ),
    Mutant(
        "half-open-lets-all-pass",
        "model/breaker.py",
        "return 1 if self.state is BreakerState.HALF_OPEN and not in_flight else 0",
        "return None if self.state is BreakerState.HALF_OPEN else 0",
        (f"{_BREAKER}::test_half_open_it_lets_one_probe_pass_and_no_second",),
    ),
    Mutant(
        "throttling-spends-the-budget",
        "execution/push/attempt.py",
        "if self._spec.answers.throttling_costs_attempts:",
        "if not self._spec.answers.throttling_costs_attempts:",
        (f"{_PUSH}::test_throttling_waits_as_asked_and_costs_no_attempt",),
    ),
    Mutant(
        "a-retry-is-signed-as-another-message",
        "model/cloud_event.py",
        "[event.sequence for event in events], is_replay(task_id))",
        "[event.sequence for event in events], task_id)",
        (f"{_MESSAGES}::test_a_messages_id_is_that_of_its_content",),
    ),
    Mutant(
        "a-rotation-forgets-the-secret-before",
        "model/endpoint_secret.py",
        "for secret in secrets]",
        "for secret in secrets[:1]]",
        (f"{_PUSH}::test_two_secrets_sign_during_a_rotation",),
    ),
    Mutant(
        "an-address-is-given-more-than-its-concurrency",
        "execution/push/target.py",
        "free = self._concurrency - self.in_flight",
        "free = self._concurrency",
        (f"{_FAULTS}::test_a_target_is_never_given_more_than_its_concurrency",),
    ),
    Mutant(
        "gone-is-a-failure-of-the-task",
        "execution/push/attempt.py",
        '            self._on_gone(target, f"{target.url} {problem}")\n            return handed_back(held)',
        '            self._on_gone(target, f"{target.url} {problem}")\n'
        "            return self._failed(held, target, turn, Event.FAILED_RETRIABLY, problem)",
        (f"{_PUSH}::test_an_address_that_is_gone_disables_its_endpoint_and_harms_no_task",),
    ),
)
