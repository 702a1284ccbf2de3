"""How often a lambda is tried, as its author writes it."""

from dataclasses import dataclass

from penstock.model.errors import InvalidInput
from penstock.model.limits import BACKOFF_S_MAX, TIMEOUT_S_MAX
from penstock.model.policy import DEFAULT_POLICY, LambdaPolicy
from penstock.sdk.durations import Duration, seconds_of
from penstock.sdk.quota import NO_QUOTA, Quota, make_quota


@dataclass(frozen=True, kw_only=True, slots=True)
class Retry:
    """The wait after the n-th failure is `backoff * factor ** (n - 1)`, at most `backoff_max`, with jitter."""

    max_attempts: int = DEFAULT_POLICY.attempts_max
    backoff: Duration = DEFAULT_POLICY.backoff_base_s
    factor: float = DEFAULT_POLICY.backoff_factor
    backoff_max: Duration = DEFAULT_POLICY.backoff_max_s


DEFAULT_RETRY = Retry()


def make_policy(retry: Retry, timeout: Duration | None, quota: Quota = NO_QUOTA) -> LambdaPolicy:
    """The policy as the platform keeps it; raises `InvalidInput` naming the number that is wrong."""
    if isinstance(retry.max_attempts, bool) or not isinstance(retry.max_attempts, int):
        raise InvalidInput("max_attempts", f"{retry.max_attempts!r} is not a whole number")
    timeout_s = DEFAULT_POLICY.timeout_s if timeout is None else seconds_of("timeout", timeout, TIMEOUT_S_MAX)
    return LambdaPolicy(
        attempts_max=retry.max_attempts,
        timeout_s=timeout_s,
        backoff_base_s=seconds_of("backoff", retry.backoff, BACKOFF_S_MAX),
        backoff_factor=retry.factor,
        backoff_max_s=seconds_of("backoff_max", retry.backoff_max, BACKOFF_S_MAX),
        quota=make_quota(quota),
    ).check()
