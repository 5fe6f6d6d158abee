"""Clouds and a cluster in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from quayside_sandbox.clouds.seed import seed
from quayside_sandbox.clouds.store import Store

from .fake_cluster import FakeCluster


@pytest.fixture
def store(tmp_path: Path) -> Store:
    memory = Store(tmp_path / "clouds")
    seed(memory)
    return memory


@pytest.fixture
def cluster(store: Store) -> FakeCluster:
    return FakeCluster(store)
