"""JSONPath as the waitFor annotation takes it."""

from __future__ import annotations

from typing import Any

import pytest

from quayside_sandbox.plugins.kubernetes.waiting.jsonpath import InvalidPath, select

DOCUMENT: dict[str, Any] = {
    "spec": {"ports": [{"name": "http", "port": 80}, {"name": "https", "port": 443}], "a.b/c": "dotted"},
    "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Synced", "status": "False"}], "ready": False},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".spec.ports[0].port", [80]),
        ("$.spec.ports[-1].port", [443]),
        (".spec.ports[*].name", ["http", "https"]),
        (".spec.ports[0:1].name", ["http"]),
        (".spec.ports[0,1].port", [80, 443]),
        (".spec['a.b/c']", ["dotted"]),
        ('.spec["ports"][1]["name"]', ["https"]),
        (".status.*", [DOCUMENT["status"]["conditions"], False]),
        ("..port", [80, 443]),
        ('.status.conditions[?(@.type=="Ready")].status', ["True"]),
        (".status.conditions[?@.type=='Synced'].status", ["False"]),
        (".spec.ports[?(@.port > 100)].name", ["https"]),
        (".spec.ports[?(@.port >= 80 && @.name != 'http')].name", ["https"]),
        (".spec.ports[?(@.port < 100 || @.port == 443)].name", ["http", "https"]),
        (".spec.ports[?(@.missing)].name", []),
        (".spec.ports[?(!@.missing)].name", ["http", "https"]),
        (".spec.nothing.below", []),
        (".spec.ports[7]", []),
        ("", [DOCUMENT]),
    ],
)
def test_select(path: str, found: list[Any]) -> None:
    assert select(path, DOCUMENT) == found


@pytest.mark.parametrize("path", [".a[", ".a[?(]", ".a..", "a.b", ".a[?('x')]", ".a[?(@.b == c)]", ".a]", ".a#b"])
def test_what_is_no_path_is_said(path: str) -> None:
    with pytest.raises(InvalidPath):
        select(path, DOCUMENT)
