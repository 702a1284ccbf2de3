"""Buckets and purses: what passes in any time, whoever draws."""

from random import Random

import pytest

from penstock.model.lane import LambdaId
from penstock.model.quota import QuotaKind
from penstock.model.token_bucket import DRAW_AGAIN_S, DRAWN_S, Draw, Level, Limit, Purse, full

KEY = (LambdaId(1), QuotaKind.START, 0)


class Store:
    """One bucket and its clock."""

    def __init__(self, limit: Limit) -> None:
        self.now_s = 1_000.0
        self.level: Level = full(limit, self.now_us)
        self.draws = 0

    @property
    def now_us(self) -> int:
        return round(self.now_s * 1e6)

    def fill(self, purse: Purse, count: int, all_or_none: bool) -> None:
        draw = purse.draw(count, self.now_s, all_or_none=all_or_none)
        self.level, grant = self.level.drawn(draw, self.now_us)
        purse.fill(draw, grant, self.now_s)
        self.draws += 1


def passes(store: Store, purse: Purse, count: int, all_or_none: bool) -> int:
    purse.ask(count, store.now_s)
    if purse.at_hand(store.now_s) < count and not purse.dry_s(count, store.now_s):
        store.fill(purse, count, all_or_none)
    at_hand = purse.at_hand(store.now_s)
    passed = count if at_hand >= count else 0 if all_or_none else at_hand
    purse.spend(passed)
    return passed


@pytest.mark.parametrize("seed", range(20))
def test_in_any_time_no_more_pass_than_rate_and_burst(seed: int) -> None:
    random = Random(seed)
    limit = Limit(KEY, random.choice((0.7, 5.0, 80.0, 3_000.0)), random.choice((1, 4, 60, 2_000)))
    store, purses = Store(limit), [Purse(limit) for _ in range(random.randint(1, 5))]
    passed: list[tuple[float, int]] = []
    for _ in range(1_500):
        store.now_s += random.expovariate(50.0)
        count = random.randint(1, min(8, limit.burst))
        passed.append((store.now_s, passes(store, random.choice(purses), count, random.random() < 0.5)))
    for at in range(0, len(passed), 7):
        total = 0
        for until_s, count in passed[at:]:
            total += count
            lasting_s = until_s - passed[at][0]
            assert total <= limit.per_s * (lasting_s + DRAWN_S) + limit.burst + 1e-6


def test_what_is_not_spent_in_time_is_void() -> None:
    limit = Limit(KEY, 100.0, 100)
    store, purse = Store(limit), Purse(limit)
    purse.ask(10, store.now_s)
    store.fill(purse, 10, all_or_none=True)
    assert purse.at_hand(store.now_s) == 10
    assert purse.at_hand(store.now_s + DRAWN_S) == 0


def test_a_flood_draws_at_most_fifty_times_a_second() -> None:
    limit = Limit(KEY, 100.0, 10)
    store, purse = Store(limit), Purse(limit)
    passed = 0
    for _ in range(20_000):
        store.now_s += 0.0001
        passed += passes(store, purse, 1, all_or_none=True)
    assert store.draws <= 2 / DRAW_AGAIN_S + 5
    assert passed >= 190


def test_a_purse_knows_for_how_long_its_bucket_is_dry() -> None:
    limit = Limit(KEY, 2.0, 4)
    store, purse = Store(limit), Purse(limit)
    assert passes(store, purse, 4, all_or_none=True) == 4
    assert purse.dry_s(3, store.now_s) == pytest.approx(1.5)
    store.now_s += 1.5
    assert purse.dry_s(3, store.now_s) == 0
    assert passes(store, purse, 3, all_or_none=True) == 3


def test_a_changed_quota_forgets_what_was_known() -> None:
    purse = Purse(Limit(KEY, 0.01, 1))
    store = Store(purse.limit)
    passes(store, purse, 1, all_or_none=True)
    assert purse.dry_s(1, store.now_s) > 90
    purse.change(Limit(KEY, 100.0, 10))
    assert purse.dry_s(1, store.now_s) == 0


def test_draws_for_starts_take_what_there_is() -> None:
    level, grant = Level(3.5, 0).drawn(Draw(Limit(KEY, 1.0, 10), 1, 8), 0)
    assert (grant.tokens, level.tokens, level.denied_us) == (3, 0.5, 0)
    assert Level(0.5, 0).drawn(Draw(Limit(KEY, 1.0, 10), 1, 8), 400_000)[0].denied_us == 400_000
