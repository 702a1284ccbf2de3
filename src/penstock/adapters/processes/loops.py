"""The loops of an executor's process."""

import asyncio

import uvloop


def new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's: twice the work for the same time."""
    return uvloop.new_event_loop()
