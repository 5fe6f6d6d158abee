"""The strategic merge of a Gateway's parameters."""

from __future__ import annotations

from typing import Any

import pytest

from quayside_sandbox.controlplane.controllers.istio.overlays import merged


@pytest.mark.parametrize(
    ("old", "new", "both"),
    [
        ({"a": 1, "b": {"c": 2}}, {"b": {"d": 3}}, {"a": 1, "b": {"c": 2, "d": 3}}),
        ({"a": 1, "b": 2}, {"b": None}, {"a": 1}),
        ({"a": {"b": 1}}, {"a": {"$patch": "replace", "c": 2}}, {"a": {"c": 2}}),
        ({"tolerations": [{"key": "a"}]}, {"tolerations": [{"key": "b"}]}, {"tolerations": [{"key": "b"}]}),
        (
            {"containers": [{"name": "proxy", "image": "i"}]},
            {"containers": [{"name": "proxy", "env": []}, {"name": "more"}]},
            {"containers": [{"name": "more"}, {"name": "proxy", "image": "i", "env": []}]},
        ),
        (
            {"ports": [{"port": 15021, "name": "status"}, {"port": 80, "name": "http"}]},
            {"ports": [{"port": 80, "nodePort": 30080}, {"port": 15021, "$patch": "delete"}]},
            {"ports": [{"port": 80, "name": "http", "nodePort": 30080}]},
        ),
    ],
)
def test_merged(old: Any, new: Any, both: Any) -> None:
    assert merged(old, new) == both
