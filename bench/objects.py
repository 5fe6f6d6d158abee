"""The objects that are compared: what the library registers, as the bare and the naive program and kubectl are given it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.stacks import ROOT, BenchFailed

Resources = list[dict[str, Any]]

SKIPPED_WAIT = "pulumi.com/skipAwait"

_ONLY_IN_ONE = re.compile(r'"(uid|quayside/secrets-checksum|quayside/owner|ciphertext)": "[^"]*"')
"""What a cluster or a stack gives. The two stacks are two projects, so their owner marks differ."""


POLICIES: dict[str, dict[str, Any]] = {
    "none": {},
    "business": {"profile": "business"},
    "all": {
        "profile": "business",
        "timeout": {"request": "10s"},
        "retries": {"attempts": 3, "per_try": "2s"},
        "rate_limit": {"requests": 100},
        "mirroring": {"version": "canary", "percent": 5},
        "faults": {"delay": {"percent": 1, "time": "100ms"}},
        "cors": {"origins": ["https://www.example.com"]},
        "redirects": {"paths": {"/old": {"to": "/new"}}},
        "headers": {"response": {"set": {"x-served-by": "shop"}}},
        "max_body": {"size": "1Mi"},
        "rewrite": {"path": "/x"},
        "authorization": {"allow": {"s000": {"methods": ["GET"], "paths": ["/orders"]}}},
        "jwt": {"issuer": "https://login.example.com", "jwks_uri": "https://login.example.com/.well-known/jwks.json"},
        "external_authorization": {"service": "oauth2-proxy", "port": 4180},
        "filter": {"lua": "function envoy_on_request(handle)\n  handle:headers():add('x-seen', '1')\nend"},
        "egress": {"hosts": {"api.stripe.com": {}}},
    },
}
"""Sets of traffic policies. All: every one that the Gateway API's entry and sidecars can do together (websockets go with no maxBody, which renders more)."""


def services(number: int, *, tag: str = "1", charts: bool = False, policies: str | None = None) -> str:
    """What the library's program is told: services as teams have them, nine objects each. tag: of the first one's image.

    policies: which of POLICIES, among services with sidecars behind the Gateway API's entry. With any there is also a canary.
    """
    shaped: dict[str, Any] = {}
    if policies is not None:
        shaped = {"mesh": {"mode": "sidecar"}, "route": {"entry": "gateway-api", "namespace": "gateway-api", "issuer": "letsencrypt-prod"}}
    if policies and POLICIES[policies]:
        shaped |= {"traffic": POLICIES[policies], "canary": {"image": "ghcr.io/acme/shop:2", "weight": 10}}
    return json.dumps({"charts": charts, "services": {f"s{index:03}": {**_service(index, tag), **shaped} for index in range(number)}})


def _service(index: int, tag: str) -> dict[str, Any]:
    return {
        "image": f"ghcr.io/acme/shop:{1 if index else tag}",
        "replicas": 2,
        "hosts": {f"s{index:03}.example.com": {}},
        "route": {"entry": "ingress-nginx", "ingress_class": "nginx", "namespace": "ingress-nginx", "issuer": "letsencrypt-prod"},
        "access": "namespace",
        "config": {"LOG_LEVEL": "info", "REGION": "sgp1"},
        "secrets": {"DATABASE_URL": "postgres://user@database/shop", "API_KEY": "not-a-real-key"},
        "env": {"TZ": "UTC"},
        "probes": {"readiness": {"path": "/ready"}, "liveness": {"path": "/live"}},
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
    }


def recorded(program: Path) -> Resources:
    """What the program in a folder registers (recording.py). Raises BenchFailed."""
    answer = subprocess.run([sys.executable, "-m", "bench.recording", str(program)], cwd=ROOT, capture_output=True, text=True)
    if answer.returncode:
        raise BenchFailed(f"the library's program could not be recorded:\n{answer.stderr[-3000:]}")
    return list(json.loads(answer.stdout))


def for_bare(resources: Resources, *, naive: bool = False, grouped: bool = False) -> str:
    """What the bare program is told.

    naive: as people write it first, with every Service awaited and charts as helm.v4.Chart.
    grouped: with an empty component around the objects of each namespace.
    """
    if naive:
        resources = [_awaited(each) if each["type"] == "kubernetes:core/v1:Service" else each for each in resources]
    return json.dumps({"naive": naive, "grouped": grouped, "resources": resources})


def _awaited(resource: dict[str, Any]) -> dict[str, Any]:
    metadata = dict(resource["inputs"]["metadata"])
    metadata["annotations"] = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != SKIPPED_WAIT}
    return {**resource, "inputs": {**resource["inputs"], "metadata": metadata}}


def for_kubectl(resources: Resources) -> str:
    """The same objects as one list; without owner references, which need a uid that is not known before."""
    items = []
    for each in resources:
        manifest = _opened(each["inputs"])
        manifest["metadata"].pop("ownerReferences", None)
        items.append(manifest)
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def _opened(value: Any) -> Any:
    if isinstance(value, list):
        return [_opened(each) for each in value]
    if not isinstance(value, dict):
        return value
    return _opened(value["$secret"]) if "$secret" in value else {key: _opened(each) for key, each in value.items()}


def differences(one: Iterable[dict[str, Any]], other: Iterable[dict[str, Any]]) -> list[str]:
    """Objects that two states do not have alike, by type and name."""
    left, right = _objects(one), _objects(other)
    return sorted(f"{kind} {name}" for kind, name in left.keys() | right.keys() if left.get((kind, name)) != right.get((kind, name)))


def _objects(state: Iterable[dict[str, Any]]) -> dict[tuple[str, str], str]:
    return {
        (each["type"], each["urn"].rpartition("::")[2]): _ONLY_IN_ONE.sub(r'"\1": ""', json.dumps(each["inputs"], sort_keys=True))
        for each in state
        if each["type"].startswith("kubernetes:")
    }
