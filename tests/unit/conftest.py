"""An event loop for every test: Outputs want one in the main thread, and a test before may have taken it away (asyncio.run does)."""

import asyncio

import pytest


@pytest.fixture(autouse=True)
def event_loop() -> None:
    """The one that is there, or a new one."""
    try:
        asyncio.get_event_loop_policy().get_event_loop()
    except RuntimeError:
        asyncio.set_event_loop(asyncio.new_event_loop())
