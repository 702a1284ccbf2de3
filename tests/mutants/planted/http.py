"""Bugs at the HTTP door: what is let in, read or told that should not be."""

from typing import Final

from tests.mutants.mutant import Mutant

_DOOR: Final = "tests/layers/test_http_door.py"
_CALLS: Final = "tests/layers/test_http_calls.py"
_EVENTS: Final = "tests/layers/test_http_events.py"
_METRICS: Final = "tests/layers/test_http_metrics.py"
_ROUTES: Final = "tests/law/test_http_routes.py"

HTTP: Final = (
    Mutant(
        "a-body-is-read-for-strangers",
        "server/http/calls.py",
        "if handler.request_deserializer is None:",
        "if handler is None:",
        (f"{_CALLS}::test_who_is_refused_is_not_read",),
    ),
    Mutant(
        "a-gzip-may-be-a-bomb-up-to-the-limit",
        "server/http/bodies.py",
        "if gave > RATIO_COUNTS_FROM_BYTES and gave > RATIO_MAX * self._came:",
        "if gave > BODY_BYTES_MAX:",
        (f"{_DOOR}::test_bodies_are_bounded_packed_and_unpacked",),
    ),
    Mutant(
        "the-room-of-a-body-is-never-given-back",
        "server/http/bodies.py",
        "        self._room.held -= self._held\n",
        "",
        (f"{_DOOR}::test_all_bodies_together_have_a_limit_and_give_their_room_back",),
    ),
    Mutant(
        "a-page-from-elsewhere-may-call-what-needs-no-token",
        "server/http/door.py",
        "            check_origin(headers)\n",
        "",
        (f"{_DOOR}::test_pages_from_elsewhere_may_not_call[headers5-403]",),
    ),
    Mutant(
        "any-name-may-be-pointed-at-an-open-door",
        "server/http/origins.py",
        "if not is_loopback(host) and host not in others:",
        "if not host:",
        (f"{_DOOR}::test_pages_from_elsewhere_may_not_call[headers2-421]",),
    ),
    Mutant(
        "metrics-are-for-strangers",
        "server/http/platform_routes.py",
        '        await calls.enter(_KNOWN_TO_ALL, request.headers.getlist("authorization"), caller_of(request))\n',
        "",
        (f"{_DOOR}::test_metrics_are_for_whoever_is_known",),
    ),
    Mutant(
        "what-was-asked-for-is-a-label",
        "server/http/door.py",
        'route = getattr(found, "path", NO_ROUTE)',
        'route = scope["path"]',
        (f"{_DOOR}::test_what_is_not_there_has_one_label_and_is_told_in_words",),
    ),
    Mutant(
        "a-frontend-that-stops-is-ready",
        "server/http/platform_routes.py",
        "if door.draining.is_set():",
        "if not lag.is_alive:",
        (f"{_DOOR}::test_it_lives_and_is_ready_until_it_drains",),
    ),
    Mutant(
        "data-is-read-and-written-again",
        "server/http/event_json.py",
        "    data = bytes(raw)\n",
        "    data = msgspec.json.encode(_TEXT.decode(raw))\n",
        (f"{_EVENTS}::test_data_in_json_is_kept_byte_for_byte",),
    ),
    Mutant(
        "a-header-is-taken-as-it-stands",
        "server/http/event_headers.py",
        "return unquote_to_bytes(value).decode()",
        "return value.decode()",
        (f"{_EVENTS}::test_what_the_reference_sdk_sends_is_kept_whole[binary]",),
    ),
    Mutant(
        "an-event-that-is-wrong-is-the-first-of-its-batch",
        "server/http/event_routes.py",
        "return bad_event(int(index) if is_batch else None,",
        "return bad_event(0 if is_batch else None,",
        (f"{_EVENTS}::test_what_is_wrong_is_named_by_event_and_attribute[members8-subject-the limit is 1024]",),
    ),
    Mutant(
        "a-call-has-no-path",
        "server/http/route_table.py",
        '    _frontend("GET", "/v1/refresh", "GetRefresh"),\n',
        "",
        (f"{_ROUTES}::test_every_call_has_a_path_or_a_reason",),
    ),
    Mutant(
        "refused-calls-count-as-served",
        "server/http/counted_calls.py",
        "            self._tally.add(_outcome_of(error, context), perf_counter() - began_s)",
        '            self._tally.add("OK", perf_counter() - began_s)',
        (f"{_METRICS}::test_calls_are_counted_by_how_they_end",),
    ),
)
