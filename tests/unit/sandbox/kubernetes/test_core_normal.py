"""Inputs in the server's own spelling: quantities, Secrets, fields that a kind does not have."""

from __future__ import annotations

import json
from typing import Any, cast

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quayside_sandbox.kube import Api, Connection
from quayside_sandbox.kube.quantity import canonical
from quayside_sandbox.plugins.kubernetes.normal import Schemas
from quayside_sandbox.plugins.values import UNKNOWN


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("0.5", "500m"),
        ("1000m", "1"),
        (2, "2"),
        (0.25, "250m"),
        ("1024Mi", "1Gi"),
        ("1536Mi", "1536Mi"),
        ("0.5Gi", "512Mi"),
        ("1000", "1k"),
        ("100000", "100k"),
        ("128974848", "128974848"),
        ("12e6", "12e6"),
        ("100n", "100n"),
        ("0", "0"),
        ("0.1n", "1n"),
        ("-1500m", "-1500m"),
        ("many", "many"),
        (True, True),
    ],
)
def test_canonical_quantities(said: Any, stored: Any) -> None:
    assert canonical(said) == stored


@given(st.integers(0, 10**12), st.sampled_from(["", "m", "k", "M", "Ki", "Mi", "Gi", "u", "n"]))
def test_canonical_quantities_are_fixed_points(number: int, suffix: str) -> None:
    once = canonical(f"{number}{suffix}")
    assert canonical(once) == once


SCHEMAS = {
    "Pod": {
        "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Pod"}],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"$ref": "#/components/schemas/Meta"},
            "spec": {"allOf": [{"$ref": "#/components/schemas/Spec"}]},
        },
    },
    "Meta": {"properties": {"name": {}, "uid": {}, "labels": {"additionalProperties": {"type": "string"}}}},
    "Spec": {"properties": {"containers": {"items": {"$ref": "#/components/schemas/Container"}}}},
    "Container": {"properties": {"name": {}, "limits": {"additionalProperties": {"$ref": "#/components/schemas/Q"}}}},
    "Q": {},
}


@pytest.fixture
def schemas() -> Schemas:
    text = json.dumps({"components": {"schemas": SCHEMAS}}).replace("/Q", "/io.k8s.apimachinery.pkg.api.resource.Quantity")
    api = Api(Connection("http://localhost"))
    api.http = httpx.Client(base_url="http://localhost", transport=httpx.MockTransport(lambda request: httpx.Response(200, text=text)))
    return Schemas(api)


def test_built_in_kinds_lose_unknown_fields_and_get_canonical_quantities(schemas: Schemas) -> None:
    unknown: list[str] = []
    container = {"name": "main", "limits": {"cpu": "1000m"}, "imagee": "x"}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "uid": "1", "labels": {"any": "thing"}},
        "spec": {"containers": [container]},
    }
    found = schemas.normal(pod, unknown.append)
    assert found["spec"] == {"containers": [{"name": "main", "limits": {"cpu": "1"}}]}
    assert found["metadata"] == {"name": "a", "labels": {"any": "thing"}}
    assert unknown == ["spec.containers[0].imagee"]


def test_custom_resources_and_half_known_objects_stay_as_they_are(schemas: Schemas) -> None:
    custom = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "a"}, "spec": {"cpu": "1000m"}}
    assert schemas.normal(custom) == custom
    half = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"odd": UNKNOWN}}
    assert schemas.normal(half) == half


def test_string_data_becomes_data_and_wins() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "data": {"a": "QQ==", "b": "Qg=="}, "stringData": {"b": "C"}}
    found = Schemas(None).normal(secret)
    assert found["data"] == {"a": "QQ==", "b": "Qw=="}
    assert "stringData" not in found
    broken = {"apiVersion": "v1", "kind": "Secret", "data": {"a": "QUJD\nREVG", "b": "not base64!"}}
    assert Schemas(None).normal(broken)["data"] == {"a": "QUJDREVG", "b": "not base64!"}


def test_a_crds_status_and_default_pruning_fall_away() -> None:
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "spec": {"preserveUnknownFields": False},
        "status": {},
    }
    found = cast(dict[str, Any], Schemas(None).normal(crd))
    assert found["spec"] == {}
    assert "status" not in found
