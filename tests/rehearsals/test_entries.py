"""The entries beside ingress-nginx: a stack comes up with Istio's own gateway, moves to Kong and then to none but the load balancer.

The tests tell one life of the stack, in this order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from quayside_sandbox.clouds.world_dns import resolve
from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import eventually
from .conftest import Project
from .stack_life import Life, kinds, quiet

HOST = "hello.dev.example.com"
BALANCER = "service.beta.kubernetes.io/do-loadbalancer-name"


@pytest.fixture(scope="module")
def dev(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    project = Project(tmp_path_factory.mktemp("project"))
    project.edit("dev", "entry.kind", "istio")
    yield Life(project, Rehearsal(sandbox, project.folder, "dev")).up()


def leads(dev: Life) -> str:
    """The load balancer to which the host's name leads, by its name at the cloud."""
    (address,) = resolve(dev.rehearsal.sandbox.store, HOST).addresses
    (name,) = (each["name"] for each in dev.rehearsal.sandbox.store.list("digitalocean", "loadBalancers") if each["ip"] == address)
    return str(name)


def objects(dev: Life, version: str, kind: str, namespace: str) -> dict[str, Any]:
    return {each["metadata"]["name"]: each["spec"] for each in dev.api.list(version, kind, namespace)}


def test_istios_own_gateway_serves_a_service(dev: Life) -> None:
    assert quiet(dev.rehearsal.preview()).changed == []
    assert leads(dev) == "quayside-dev-istio"
    gateways = objects(dev, "networking.istio.io/v1", "Gateway", "hello")
    assert gateways["hello"]["servers"][1]["tls"]["credentialName"] == "hello-hello-tls"
    certificates = objects(dev, "cert-manager.io/v1", "Certificate", "istio-ingress")
    assert certificates["hello-hello-tls"]["dnsNames"] == [HOST]
    routes = objects(dev, "networking.istio.io/v1", "VirtualService", "hello")
    assert (routes["hello"]["hosts"], routes["hello"]["gateways"]) == ([HOST], ["hello"])
    pods = dev.api.list("v1", "Pod", "istio-ingress")
    assert {each["spec"]["containers"][0]["image"] for each in pods} != {"auto"}  # istiod put the proxy into them


def test_its_certificate_is_signed_by_way_of_it_although_all_is_sent_on_to_https(dev: Life) -> None:
    """By http-01: the solver's Ingress and the routes that redirect are one host's for the gateway."""

    def served() -> bool:
        (answer,) = dev.rehearsal.asks(HOST)
        return not answer.problem

    eventually(served, f"https://{HOST} with its certificate")
    (answer,) = dev.rehearsal.asks(HOST)
    assert answer.certificate is not None
    assert (answer.certificate.secret, answer.services) == ("istio-ingress/hello-hello-tls", {"hello/hello": 100.0})
    assert "acme-staging-v02" in answer.certificate.issuer
    (clear,) = dev.rehearsal.asks(HOST, scheme="http")
    assert clear.redirect == f"https://{HOST}/"


def test_kong_takes_over(dev: Life) -> None:
    dev.project.edit("dev", "entry.kind", "kong")
    changed = kinds(dev.rehearsal.up().check().changed)  # with a warning of Helm's: Istio's definitions are kept
    assert (changed["create Ingress"], changed["delete VirtualService"]) == (1, 1)
    assert quiet(dev.rehearsal.preview()).changed == []
    assert leads(dev) == "quayside-dev-kong"
    ingress = objects(dev, "networking.k8s.io/v1", "Ingress", "hello")["hello-kong"]
    assert ingress["ingressClassName"] == "kong"
    assert ingress["tls"] == [{"hosts": [HOST], "secretName": "hello-kong-tls"}]


def test_a_load_balancer_alone_is_enough_for_one_service(dev: Life) -> None:
    dev.project.edit("dev", "entry.service", "hello")
    dev.project.edit("dev", "certificates", {"enabled": False})
    dev.project.edit("dev", "entry.kind", "direct")
    quiet(dev.rehearsal.up())
    assert leads(dev) == "quayside-dev-direct"
    assert objects(dev, "networking.k8s.io/v1", "Ingress", "hello") == {}
    dev.rehearsal.destroy().check()
    assert dev.rehearsal.sandbox.store.list("digitalocean", "loadBalancers") == []
