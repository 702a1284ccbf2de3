"""What a subscription may look like, and which of them would wait for one another."""

from itertools import permutations

import pytest
from msgspec import structs

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import SUBSCRIPTION_AFTER_MAX, SUBSCRIPTION_BATCH_MAX, SUBSCRIPTION_TYPES_MAX
from penstock.model.subscription import START_AT_THE_BEGINNING, EventFilter, Order, SubscriptionSpec, WhenDead
from penstock.model.subscription_rules import check_no_ring, check_subscription, check_together

PLAIN = SubscriptionSpec("files")
FULL = SubscriptionSpec(
    stream="files",
    order=Order.LATEST,
    batch_max=SUBSCRIPTION_BATCH_MAX,
    wanted=EventFilter(("file.*", "folder.made", "*"), (("region", "eu"), ("tier", ""))),
    start_at_us=START_AT_THE_BEGINNING,
    after=("search.index", "audit.write"),
    when_dead=WhenDead.SKIP,
)


@pytest.mark.parametrize("spec", [PLAIN, FULL, structs.replace(FULL, order=Order.NONE)])
def test_what_is_allowed(spec: SubscriptionSpec) -> None:
    assert check_subscription(spec, "mail.notify") is spec


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"stream": ""}, "stream: '' is not a name; use 1 to 64 of a-z"),
        ({"stream": "Files"}, "stream: 'Files' is not a name"),
        ({"batch_max": 0}, "batch: 0 is outside of 1 to 1000"),
        ({"batch_max": SUBSCRIPTION_BATCH_MAX + 1}, "batch: 1001 is outside of 1 to 1000"),
        ({"batch_max": True}, "batch: True is not a whole number"),
        ({"batch_max": 2.5}, "batch: 2.5 is not a whole number"),
        ({"wanted": EventFilter(("",))}, "types: is empty; say what kind of event"),
        ({"wanted": EventFilter(("x" * 257,))}, "types: has 257 bytes; the limit is 256"),
        ({"wanted": EventFilter(("a*b",))}, r"types: 'a\*b' has a \* that is not at its end; file\.\* is all"),
        ({"wanted": EventFilter(("**",))}, r"types: '\*\*' has a \* that is not at its end"),
        ({"wanted": EventFilter(tuple(f"t{n}" for n in range(SUBSCRIPTION_TYPES_MAX + 1)))}, "types: are 101; the"),
        ({"wanted": EventFilter((), (("Region", "eu"),))}, "attributes: 'Region' is not the name of one; use 1 to 20"),
        ({"wanted": EventFilter((), (("source", "x"),))}, "attributes: 'source' is an attribute of every event"),
        ({"wanted": EventFilter((), (("a", "1"), ("a", "2")))}, "attributes: name one extension twice"),
        ({"wanted": EventFilter((), (("a", "x" * 1025),))}, "has 1025 bytes; the limit is 1024"),
        ({"start_at_us": -2}, "start: -2 us since 1970 are outside"),
        ({"start_at_us": 2**62}, "start: .* outside of the years 1970 to 9999"),
        ({"after": ("index",)}, "after: 'index' has no dot; a lambda's full name is app.lambda"),
        ({"after": ("mail.notify",)}, "after: names mail.notify itself, which would wait for itself for ever"),
        ({"after": ("a.b", "a.b")}, "after: names one lambda twice"),
        ({"after": tuple(f"a.b{n}" for n in range(SUBSCRIPTION_AFTER_MAX + 1))}, "after: names 101 lambdas; the limit"),
    ],
)
def test_what_is_not(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_subscription(structs.replace(PLAIN, **wrong), "mail.notify")


def test_a_limit_is_told_as_one() -> None:
    with pytest.raises(LimitExceeded):
        check_subscription(structs.replace(PLAIN, batch_max=10**6), "mail.notify")


def specs(stream: str = "files", **after: str) -> dict[str, SubscriptionSpec]:
    """`b="a"`: b goes after a."""
    return {
        f"x.{name}": SubscriptionSpec(stream, after=tuple(f"x.{each}" for each in of)) for name, of in after.items()
    }


def ring_in(given: dict[str, SubscriptionSpec]) -> str:
    try:
        check_no_ring(given)
    except InvalidInput as error:
        return str(error)
    return ""


def test_no_ring() -> None:
    assert ring_in({}) == ""
    assert ring_in(specs(a="", b="a", c="ab", d="bc")) == ""
    assert ring_in(specs(a="z", b="a")) == "", "nothing is known of z"
    assert ring_in(specs(a="b") | specs(stream="other", b="a")) == "", "of another stream it holds nobody back"


@pytest.mark.parametrize("names", list(permutations("abc")))
def test_a_ring_is_found_wherever_the_walk_begins(names: tuple[str, ...]) -> None:
    one, two, three = names
    with pytest.raises(
        InvalidInput, match=r"after: x.. after x.. after x.. after x.. on stream files: each would wait"
    ):
        check_no_ring(specs(**{one: two, two: three, three: one}))


def test_the_words_name_the_ring_and_nobody_else() -> None:
    with pytest.raises(InvalidInput, match=r"after: x.b after x.c after x.b on stream files"):
        check_no_ring(specs(a="b", b="c", c="b", d="a"))


def test_a_long_way_is_no_ring_and_needs_no_stack() -> None:
    names = [f"x.n{n}" for n in range(5_000)]
    chain = {name: SubscriptionSpec("files", after=tuple(names[at - 1 : at])) for at, name in enumerate(names)}
    check_no_ring(chain | {names[0]: SubscriptionSpec("files")})
    with pytest.raises(InvalidInput, match="each would wait"):
        check_no_ring(chain | {names[0]: SubscriptionSpec("files", after=(names[-1],))})


def test_nobody_goes_after_one_that_is_never_done_up_to_a_place() -> None:
    unordered = structs.replace(PLAIN, order=Order.NONE, after=("x.z",))
    check_together({"x.a": unordered} | specs(z=""))
    check_together({"x.a": unordered} | specs("other", b="a"))
    with pytest.raises(InvalidInput, match=r"after: x.b goes after x.a, whose order is none: .* give x.a the order"):
        check_together({"x.a": unordered} | specs(b="a"))
    with pytest.raises(InvalidInput, match="each would wait"):
        check_together(specs(a="b", b="a"))
