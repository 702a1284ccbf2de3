"""Data of a schema are handed over in the form that a subscription asks for."""

from msgspec import structs

from penstock.model.event import Event as StoredEvent
from penstock.model.subscription import DataForm
from penstock.sdk.app import App
from penstock.sdk.event import Event
from penstock.sdk.event_reading import EventReader
from penstock.sdk.event_running import register_events
from penstock.wire.subscription_codec import subscription_from_wire, subscription_to_wire
from tests.layers.event_bench import ALL, EventBench, on_event_bench

IN_JSON = structs.replace(ALL, data_form=DataForm.JSON)


@on_event_bench
async def test_each_subscription_is_given_what_it_asks_for(bench: EventBench) -> None:
    bench.content_type = "avro/binary"
    numbers = await bench.subscribe(search=IN_JSON, copy=ALL)
    await bench.published(count=2)
    read, copied = await bench.handed(numbers["search"]), await bench.handed(numbers["copy"])
    assert [(event.data, event.content_type) for event in read.events] == [(b"DATA", "application/json")] * 2
    assert [(event.data, event.content_type) for event in copied.events] == [(b"data", "avro/binary")] * 2


@on_event_bench
async def test_what_is_json_already_stays_as_it_is(bench: EventBench) -> None:
    numbers = await bench.subscribe(search=IN_JSON)
    await bench.published()
    assert [event.data for event in (await bench.handed(numbers["search"])).events] == [b"data"]


def test_typed_data_are_asked_for_in_json_and_bytes_as_they_are_stored() -> None:
    app = App("shop")

    @app.on("orders")
    async def typed(event: Event[dict[str, int]]) -> None: ...

    @app.on("orders")
    async def any_data(events: list[Event]) -> None: ...

    @app.on("orders")
    async def raw(event: Event[bytes]) -> None: ...

    asked = []
    for each in (typed, any_data, raw):
        spec = register_events(each, "1").subscription
        assert spec is not None
        assert subscription_from_wire(subscription_to_wire(spec)) == spec
        asked.append(spec.data_form)
    assert asked == [DataForm.JSON, DataForm.JSON, DataForm.STORED]


def test_whole_numbers_that_travel_as_text_are_numbers_for_whoever_asks_for_numbers() -> None:
    reader = EventReader(dict[str, int], "shop.index")
    told = StoredEvent("orders", "a", 1, 1, "shop", "e1", "made", 1, "application/json", b'{"id":"7"}', {})
    assert reader.read([told]).trouble is not None, "of a stream without a schema it is a text"
    (event,) = reader.read([structs.replace(told, extensions={"dataschema": "urn:penstock:schema:1"})]).events
    assert event.data == {"id": 7}
