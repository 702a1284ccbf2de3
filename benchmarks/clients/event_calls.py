"""Single events at a steady rate, whether or not earlier ones were answered: waiting cannot hide."""

from benchmarks.clients.line import Line
from benchmarks.clients.open_loop import at_a_rate
from benchmarks.lambdas.stamped_events import app
from benchmarks.orders import Called, EventCalls
from benchmarks.shapes import Shape

STREAM = "bench"
TYPE = "bench.changed"


async def work(orders: EventCalls, line: Line) -> Called:
    names = Shape(orders.subjects).first(orders.events)

    async def call(n: int) -> None:
        await app.publish(STREAM, subject=names[n], type=TYPE, data=orders.first + n)

    await line.ready()
    return await at_a_rate(orders.events, orders.per_s, call)
