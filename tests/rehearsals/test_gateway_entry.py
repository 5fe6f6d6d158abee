"""A stack whose entry is the Gateway API's, held against the real definitions: it comes up, stays quiet, moves to a wildcard, leaves nothing.

The tests tell one life of the stack, in this order.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.clouds.world_dns import resolve
from quayside_sandbox.folder import Folder
from quayside_sandbox.places import IGNORED, cache_folder
from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Choices, Sandbox

from .cluster_checks import eventually
from .conftest import ROOT, Project
from .stack_life import Life, kinds, quiet
from .visitors import Visitors

GATEWAY_API, ISTIO = "gateway.networking.k8s.io/v1", "networking.istio.io/v1"
SMALL = {"image": "nginxinc/nginx-unprivileged:1.29-alpine", "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}}
SERVICES = {
    "cart": {**SMALL, "protocol": "grpc", "hosts": {"cart": {}}},
    "db": {**SMALL, "protocol": "tcp", "hosts": {"db": {"tls": "passthrough"}}},
    "broker": {**SMALL, "tcp": {"mqtt": 1883}},
}


@pytest.fixture(scope="module")
def dev(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    folder, definitions = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("crds")
    for name in ("cert-manager.yaml", "gateway-api.yaml"):
        (definitions / name).symlink_to(shared_data / "crds" / name)
    project = Project(folder)
    project.edit("dev", "entry.kind", "gateway-api")
    for name, service in SERVICES.items():
        project.edit("dev", f"services.{name}", service)
    sandbox = Sandbox(Folder(ROOT / IGNORED / "rehearsals" / "gateway-entry"))
    sandbox.stop()
    sandbox.start(Choices(crds=definitions), cache=cache_folder(ROOT))
    yield Life(project, Rehearsal(sandbox, project.folder, "dev")).up()
    sandbox.stop()


def conditions(told: dict[str, Any]) -> dict[str, str]:
    return {each["type"]: each["status"] for each in told.get("conditions") or ()}


def taken(dev: Life, kind: str, name: str, namespace: str) -> dict[str, Any]:
    """A route's spec, after a look whether the entry has taken it."""
    route = dev.api.get(GATEWAY_API, kind, name, namespace)
    (told,) = route["status"]["parents"]
    assert conditions(told) == {"Accepted": "True", "ResolvedRefs": "True"}
    return route["spec"]  # type: ignore[no-any-return]


def test_a_second_preview_is_quiet(dev: Life) -> None:
    assert quiet(dev.rehearsal.preview()).changed == []


def test_names_lead_to_a_gateway_that_runs(dev: Life) -> None:
    balancer = dev.balancer()
    assert (balancer["name"], balancer["enableProxyProtocol"]) == ("quayside-dev-gateway-api", True)
    for host in ("hello.dev.example.com", "gateway-api.dev.example.com"):
        assert resolve(dev.rehearsal.sandbox.store, host).addresses == (balancer["ip"],)
    gateway = dev.api.get(GATEWAY_API, "Gateway", "gateway", "gateway-api")
    assert conditions(gateway["status"])["Programmed"] == "True"
    deployment = dev.api.get("apps/v1", "Deployment", "gateway-istio", "gateway-api")
    assert deployment["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"] == {"cpu": "50m", "memory": "64Mi"}


def test_each_service_is_led_to_in_the_way_it_speaks(dev: Life) -> None:
    assert taken(dev, "HTTPRoute", "hello-hello.dev.example.com", "hello")["parentRefs"][0]["kind"] == "ListenerSet"
    taken(dev, "GRPCRoute", "cart-cart.dev.example.com", "cart")
    taken(dev, "TLSRoute", "db-db.dev.example.com", "db")
    assert dev.api.get(ISTIO, "VirtualService", "broker-gateway-api-tcp", "broker")["spec"]["tcp"][0]["match"] == [{"port": 1883}]
    front = dev.api.get("v1", "Service", "gateway-load-balancer", "gateway-api")
    assert {port["port"] for port in front["spec"]["ports"]} == {80, 443, 1883}


def test_certificates_are_signed_for_what_the_entry_ends(dev: Life) -> None:
    """By http-01: the challenges pass the Gateway."""
    asked = {each["metadata"]["name"]: each["spec"]["dnsNames"] for each in dev.api.list("cert-manager.io/v1", "Certificate")}
    assert asked == {"hello-gateway-api-tls": ["hello.dev.example.com"], "cart-gateway-api-tls": ["cart.dev.example.com"]}

    def signed() -> bool:
        found = dev.api.list("cert-manager.io/v1", "Certificate")
        return all(conditions(each.get("status") or {}).get("Ready") == "True" for each in found)

    eventually(signed, "certificates by http-01")


def test_a_wildcard_takes_over_and_gives_back_with_nobody_unserved(dev: Life) -> None:
    """Each time, the routes of the one way are there until those of the other are, and the certificate before them."""
    dev.project.edit("dev", "certificates.issuer", "self-signed")
    with Visitors(dev.rehearsal, ["hello.dev.example.com"]) as visitors:
        with visitors.unserved() as problems:
            changed = kinds(dev.edit(certificates__wildcard=True))
        assert problems == []
        assert (changed["delete ListenerSet"], changed["create HTTPRoute"], changed["create GRPCRoute"]) == (2, 1, 1)
        assert taken(dev, "HTTPRoute", "hello-hello.dev.example.com-wildcard", "hello")["parentRefs"][0]["sectionName"] == "wildcard"
        with visitors.unserved() as problems:
            dev.edit(certificates__leavingWildcard=True)
            changed = kinds(dev.edit(certificates__wildcard=False, certificates__leavingWildcard=None))
        assert problems == []
        assert set(changed) == {"update Gateway", "update Certificate", "delete Certificate", "delete WildcardCertificate"}


def test_it_leaves_nothing_that_is_paid_for(dev: Life) -> None:
    dev.rehearsal.destroy().check()
    assert dev.rehearsal.sandbox.store.list("digitalocean", "loadBalancers") == []
