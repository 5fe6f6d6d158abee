"""Whatever traffic policies come to, a real API server with the real definitions takes it: also their rules in CEL, which unit tests leave out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quayside.settings.traffic.index import TrafficSettings, refused
from quayside.settings.traffic.rules import KEYS
from quayside.traffic.envoy_filters import patched
from quayside.traffic.index import PLANES, POLICIES, shape
from quayside.traffic.table import examples
from quayside_sandbox.controlplane.crds import load_crds
from quayside_sandbox.kube import Api, ApiError
from quayside_sandbox.sandbox import Sandbox
from unit.traffic.carried import CANARY, routed, subject

DEFINITIONS = ("cert-manager.yaml", "gateway-api.yaml", "istio.yaml", "kong.yaml")


@pytest.fixture
def api(sandbox: Sandbox, shared_data: Path, tmp_path: Path) -> Iterator[Api]:
    """Of a cluster that knows the kinds of all data planes."""
    for file in DEFINITIONS:
        (tmp_path / file).symlink_to(shared_data / "crds" / file)
    nodes = [{"name": "one", "cpu": "2", "memory": "4Gi", "pods": "110"}]
    client = Api.from_kubeconfig(sandbox.local_cluster("traffic-definitions", nodes=nodes))
    load_crds(client, tmp_path)
    yield client
    client.close()


def test_every_example_on_every_plane(api: Api) -> None:
    made = list(everything())
    for name in sorted({each["metadata"]["namespace"] for each in made}):
        api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    wrong = {}
    for each in made:
        try:
            api.create(each, dry_run=True, strict=True)
        except ApiError as error:
            wrong[f"{each['kind']} {each['metadata']['namespace']}/{each['metadata']['name']}"] = str(error)
    assert wrong == {}
    assert len(made) > 400


def everything() -> Iterator[dict[str, Any]]:
    """Objects and routes of each example, on each plane that can do it, for a service with a canary."""
    for policy in POLICIES:
        for spec in examples(policy).values():
            for plane in PLANES:
                if refused(policy, spec, plane):
                    continue
                about = subject(plane, versions=(CANARY,))
                shaped = shape(about, TrafficSettings.model_validate({KEYS[policy]: spec}))
                yield from shaped.objects
                if plane not in ("sidecar", "ambient", "direct"):
                    paths = {"/api": "Prefix", "/v2": "Prefix"}  # two: a rewritten prefix has a rule for each
                    yield from patched(routed(plane, shaped.entry, paths), shaped.entry, about)
