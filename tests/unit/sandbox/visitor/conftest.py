"""A town to visit."""

from __future__ import annotations

from pathlib import Path

import pytest

from quayside_sandbox.clouds.seed import seed
from quayside_sandbox.clouds.store import Store

from .town import Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    memory = Store(tmp_path / "clouds")
    seed(memory)
    return Town(memory)
