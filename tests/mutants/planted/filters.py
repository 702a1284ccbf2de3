"""Bugs in filters: what they let pass, what they cost, and what becomes of those that fail."""

from typing import Final

from tests.mutants.mutant import Mutant

_KIT: Final = "tests/model/test_cesql_kit.py"
_CESQL: Final = "tests/model/test_cesql.py"
_DIALECTS: Final = "tests/model/test_filter_dialects.py"
_POSTGRES: Final = "tests/contracts/test_postgres_contract.py::test_contract"
_FLOW: Final = "tests/layers/test_filters.py"

FILTERS: Final = (
    Mutant(
        "an-event-that-cannot-be-read-is-wanted",
        "model/filters/matching.py",
        """{error!r:.200}")
            return False""",
        """{error!r:.200}")
            return True""",
        (f"{_DIALECTS}::test_an_event_that_cannot_be_read_blocks_no_stream",),
    ),
    Mutant(
        "a-filter-that-fails-blocks-its-stream",
        "model/filters/matching.py",
        """            failed(event, _words(error))
            return False""",
        """            raise""",
        (f"{_FLOW}::test_a_filter_that_fails_is_counted_and_its_subject_goes_on",),
    ),
    Mutant(
        "a-filter-that-fails-lets-the-event-pass",
        "model/filters/matching.py",
        """            failed(event, _words(error))
            return False""",
        """            failed(event, _words(error))
            return True""",
        (f"{_DIALECTS}::test_a_failure_is_told_and_the_event_is_not_wanted",),
    ),
    Mutant(
        "an-expression-that-is-no-boolean-is-true",
        "model/filters/matching.py",
        "if type(value) is not bool:",
        "if not value:",
        (f"{_DIALECTS}::test_a_failure_is_told_and_the_event_is_not_wanted",),
    ),
    Mutant(
        "the-extensions-of-the-event-before-are-asked",
        "model/filters/attributes.py",
        "if encoded is not self._encoded:",
        "if encoded and encoded is not self._encoded:",
        (f"{_DIALECTS}::test_the_extensions_of_one_event_are_not_those_of_another",),
    ),
    Mutant(
        "and-binds-as-the-published-grammar-has-it",
        "model/filters/compiled.py",
        """            if word == "AND":
                value = value and to_boolean(each(event))""",
        """            if word == "AND":
                value = value and to_boolean(each(event))
                if not value:
                    return False""",
        (f"{_CESQL}::test_values",),
    ),
    Mutant(
        "the-left-operand-decides-how-texts-are-compared",
        "model/filters/compiled.py",
        "return _CASTS[type(right)](left) == right",
        "return _CASTS[type(left)](right) == left",
        (f"{_KIT}::test_the_kit",),
    ),
    Mutant(
        "a-piece-of-a-pattern-may-stand-within-the-one-before",
        "model/filters/like.py",
        "            at += len(piece)",
        "            at += 1",
        (f"{_CESQL}::test_pieces_of_a_pattern_stand_side_by_side",),
    ),
    Mutant(
        "the-first-and-the-last-piece-of-a-pattern-may-overlap",
        "model/filters/like.py",
        "len(text) < least or not text.startswith",
        "not text.startswith",
        (f"{_CESQL}::test_pieces_of_a_pattern_stand_side_by_side",),
    ),
    Mutant(
        "an-expression-may-be-a-level-deeper-than-its-limit",
        "model/filters/parser.py",
        "if self._depth > FILTER_EXPRESSION_DEPTH_MAX:",
        "if self._depth > FILTER_EXPRESSION_DEPTH_MAX + 1:",
        (f"{_CESQL}::test_nonsense_is_refused_with_its_place",),
    ),
    Mutant(
        "a-long-pattern-costs-no-more-than-a-short-one",
        "model/filters/cost.py",
        "looked_at * (1 + len(part.pattern) // _PLACES_A_UNIT)",
        "looked_at",
        (f"{_CESQL}::test_what_may_take_long_is_refused_before_it_is_run",),
    ),
    Mutant(
        "each-expression-of-a-filter-may-cost-all-of-it",
        "model/filters/dialects.py",
        "self._cost += check_cost(expression)",
        "self._cost = check_cost(expression)",
        (f"{_DIALECTS}::test_what_is_wrong_is_refused_with_its_place",),
    ),
    Mutant(
        "the-tree-is-asked-in-place-of-the-types",
        "model/event_filter.py",
        "return lambda event: simple(event) and rest(event)",
        "return rest",
        (f"{_DIALECTS}::test_types_attributes_and_the_tree_are_all_asked",),
    ),
    Mutant(
        "a-filter-that-changed-is-not-made-anew",
        "flow/subscription_book.py",
        "(stood.spec.wanted, stood.spec.stream) == (each.spec.wanted, each.spec.stream)",
        "stood.spec.stream == each.spec.stream",
        (f"{_FLOW}::test_a_filter_is_made_ready_once_and_again_when_it_changes",),
    ),
    Mutant(
        "a-filter-that-cannot-be-read-lets-all-events-pass",
        "flow/subscription_book.py",
        """log.error("%s is given""",
        """yield each.lambda_id, None
                log.error("%s is given""",
        (f"{_FLOW}::test_a_filter_of_another_version_keeps_its_events_and_disturbs_nobody",),
    ),
    Mutant(
        "failures-that-could-not-be-told-are-forgotten",
        "flow/filter_failures.py",
        "structs.replace(since, count=since.count + each.count) if since else each",
        "since or each",
        (f"{_FLOW}::test_what_cannot_be_told_yet_is_told_later",),
    ),
    Mutant(
        "the-store-counts-failures-of-the-filter-before",
        "adapters/postgres/sql/filter_failures_add.sql",
        "s.declared_at > f.last_at)",
        "s.declared_at > f.last_at + interval '1 day')",
        (f"{_POSTGRES}[a_subscription_that_is_declared_otherwise_begins_anew]",),
    ),
)
