"""Gives Pulumi a stack's configuration the way the engine does, for tests of what reads it."""

import json
from collections.abc import Mapping
from typing import Any

from pulumi.runtime import mocks
from pulumi.runtime.config import set_all_config

from quayside.settings.stack import Settings
from unit.recorder import Cloud


def read(topics: Mapping[str, Any], environ: Mapping[str, str] | None = None, secure: tuple[str, ...] = ("secrets",)) -> Settings:
    """Read settings from a stack called dev. secure: topics that hold a secure value."""
    mocks.set_mocks(Cloud(), project="quayside", stack="dev")
    config = {f"quayside:{topic}": value if isinstance(value, str) else json.dumps(value) for topic, value in topics.items()}
    set_all_config(config, [f"quayside:{topic}" for topic in secure])
    try:
        return Settings.from_stack(environ or {})
    finally:
        set_all_config({}, [])
