"""The index of clouds."""

from importlib import import_module
from typing import get_args

import pytest

from quayside.clusters.index import KINDS
from quayside.settings.cluster import ClusterSettings


def test_settings_know_the_same_kinds() -> None:
    assert set(get_args(ClusterSettings.model_fields["kind"].annotation)) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_can_be_built(kind: str) -> None:
    assert callable(import_module(KINDS[kind]).from_settings)
