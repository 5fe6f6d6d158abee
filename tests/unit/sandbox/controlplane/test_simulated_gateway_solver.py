"""The simulated cert-manager's challenges where two entries run side by side: a name must lead to the one that its solver uses."""

from __future__ import annotations

from typing import Any

import pytest

from quayside_sandbox.clouds.store import Store
from quayside_sandbox.controlplane.controllers.cert_manager import CertManager
from quayside_sandbox.kube.client import Object

from .fake_cluster import CLUSTER, FakeCluster, deployment, running, service
from .gateway_objects import gateway, listener

API = "cert-manager.io/v1"
NGINX = {"app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller"}
OURS = {"gateway.networking.k8s.io/gateway-name": "gateway"}
OLD, NEW = "203.0.113.1", "203.0.113.2"
ALL = {"namespaces": {"from": "All"}}
BY_INGRESS = {"http01": {"ingress": {"ingressClassName": "nginx"}}}
BY_GATEWAY = {"http01": {"gatewayHTTPRoute": {"parentRefs": [{"name": "gateway", "namespace": "edge", "sectionName": "http"}]}}}


@pytest.fixture
def two(cluster: FakeCluster, store: Store) -> FakeCluster:
    """ingress-nginx at the old address, a Gateway at the new one."""
    cluster.put(**deployment("cert-manager", "cert-manager", "--config=/var/cert-manager/config/config.yaml"))
    told(cluster, "gatewayAPI: {enabled: true}")
    spec = cluster.get("apps/v1", "Deployment", "cert-manager", "cert-manager")["spec"]["template"]["spec"]
    spec["volumes"] = [{"name": "config", "configMap": {"name": "cert-manager"}}]
    cluster.put("IngressClass", "nginx", api_version="networking.k8s.io/v1", spec={"controller": "k8s.io/ingress-nginx"})
    cluster.put("Namespace", "shop", metadata={"labels": {}})
    cluster.put(**gateway("gateway", listener("http", allowedRoutes=ALL)))
    for name, labels, address in (("old", NGINX, OLD), ("new", OURS, NEW)):
        cluster.put(**service(name, "edge", labels, p80=80))
        cluster.put(**running(name, "edge", labels))
        store.create("digitalocean", "loadBalancers", {"name": name, "ip": address, "_clusterId": CLUSTER, "_service": f"edge/{name}"})
    cluster.get("v1", "Pod", "new", "edge")["spec"]["containers"][0]["name"] = "istio-proxy"
    store.create("cloudflare", "zones", {"name": "example.com", "status": "active"}, id="zone")
    return cluster


def told(cluster: FakeCluster, config: str) -> None:
    cluster.put("ConfigMap", "cert-manager", "cert-manager", data={"config.yaml": config})


def why_not(cluster: FakeCluster, *solvers: Object, addresses: tuple[str, ...] = (NEW,), **labels: str) -> str:
    """Why a.example.com gets no certificate; '' where it gets one."""
    for address in addresses:
        record: Any = {"zoneId": "zone", "name": "a.example.com", "type": "A", "content": address}
        cluster.around.store.create("cloudflare", "dnsRecords", record)
    server = {"server": "https://acme-v02.api.letsencrypt.org/directory", "privateKeySecretRef": {"name": "account"}}
    cluster.put("ClusterIssuer", "le", api_version=API, spec={"acme": {**server, "solvers": list(solvers)}})
    spec = {"secretName": "web-tls", "issuerRef": {"name": "le", "kind": "ClusterIssuer"}, "dnsNames": ["a.example.com"]}
    cluster.put("Certificate", "web", "shop", API, spec=spec, metadata={"labels": labels})
    CertManager(cluster.around).reconcile()
    found = {each["type"]: each for each in cluster.get(API, "Certificate", "web", "shop")["status"]["conditions"]}["Ready"]
    return "" if found["status"] == "True" else str(found["message"])


def test_a_gateways_solver_works_where_the_name_leads_to_the_gateway(two: FakeCluster) -> None:
    assert why_not(two, BY_GATEWAY) == ""


def test_not_while_the_name_leads_to_the_old_entry(two: FakeCluster) -> None:
    said = f"wrong status code '404', expected '200': {OLD} is answered by ingress-nginx, and the solver's HTTPRoute is one of a Gateway"
    assert said in why_not(two, BY_GATEWAY, addresses=(OLD,))


def test_nor_while_it_leads_to_both(two: FakeCluster) -> None:
    assert f"{OLD} is answered by ingress-nginx" in why_not(two, BY_GATEWAY, addresses=(OLD, NEW))


def test_an_ingress_does_not_help_behind_the_gateway(two: FakeCluster) -> None:
    assert f"{NEW} is answered by gateway-api, and the solver's Ingress is one of ingress-nginx" in why_not(two, BY_INGRESS)


def test_the_label_chooses_the_solver_of_the_entry(two: FakeCluster) -> None:
    chosen = {**BY_GATEWAY, "selector": {"matchLabels": {"entry": "gateway-api"}}}
    assert "is one of ingress-nginx" in why_not(two, BY_INGRESS, chosen), "the solver for everybody, without the label"
    assert why_not(two, BY_INGRESS, chosen, addresses=(), entry="gateway-api") == ""


def test_the_older_word_counts_too(two: FakeCluster) -> None:
    told(two, "enableGatewayAPI: true")
    assert why_not(two, BY_GATEWAY) == ""


def test_without_the_definitions_cert_manager_does_nothing(two: FakeCluster) -> None:
    two.missing = ("HTTPRoute",)
    assert CertManager(two.around).reconcile() is not None
    assert two.writes == 0


@pytest.mark.parametrize("config", ["gatewayAPI: {enabled: false}", "enableGatewayAPI: false", "{}"])
def test_cert_manager_must_be_told(two: FakeCluster, config: str) -> None:
    told(two, config)
    assert why_not(two, BY_GATEWAY).endswith("couldn't Present challenge: gateway api is not enabled")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (listener("http"), 'namespace "shop" is not allowed by the parent'),
        (listener("other", allowedRoutes=ALL), 'sectionName "http" not found'),
        (listener("http", 8080, allowedRoutes=ALL), "is not on 203.0.113.2, port 80"),
        (listener("http", host="*.example.org", allowedRoutes=ALL), "no hostnames matched"),
    ],
)
def test_a_listener_that_does_not_take_the_solvers_route(two: FakeCluster, given: Object, why: str) -> None:
    two.put(**gateway("gateway", given))
    assert why in why_not(two, BY_GATEWAY)


def test_a_gateway_that_is_not_there(two: FakeCluster) -> None:
    two.delete("", "Gateway", "gateway", "edge")
    assert "none of the solver's parentRefs is there" in why_not(two, BY_GATEWAY)


BY_ISTIO = {"http01": {"ingress": {"ingressClassName": "istio"}}}


@pytest.fixture
def classic(two: FakeCluster) -> FakeCluster:
    """Istio's own gateway at the new address, and a service with the name that sends all on to https by its route."""
    labels = {"istio": "ingress"}
    two.put(**service("new", "edge", labels, p80=80))
    two.put(**running("new", "edge", labels))
    two.get("v1", "Pod", "new", "edge")["spec"]["containers"][0]["name"] = "istio-proxy"
    two.put("IngressClass", "istio", api_version="networking.k8s.io/v1", spec={"controller": "istio.io/ingress-controller"})
    two.put(
        "ConfigMap", "istio", "istio-system", data={"mesh": "ingressSelector: ingress"}, metadata={"labels": {"istio.io/rev": "default"}}
    )
    listens(two)
    away = {"match": [{"port": 80}], "redirect": {"scheme": "https"}}
    spec = {"hosts": ["a.example.com"], "gateways": ["web"], "http": [away]}
    two.put("VirtualService", "web", "shop", "networking.istio.io/v1", spec=spec)
    return two


def listens(cluster: FakeCluster, **tls: Any) -> None:
    server = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["a.example.com"], "tls": tls}
    cluster.put("Gateway", "web", "shop", "networking.istio.io/v1", spec={"selector": {"istio": "ingress"}, "servers": [server]})


def test_istios_own_gateway_leads_to_the_solver_although_routes_send_all_on_to_https(classic: FakeCluster) -> None:
    assert why_not(classic, BY_ISTIO) == ""


def test_but_not_where_the_gateway_does(classic: FakeCluster) -> None:
    listens(classic, httpsRedirect=True)
    assert "wrong status code '404', expected '200': Gateway shop/web sends all of a.example.com on to https" in why_not(classic, BY_ISTIO)


@pytest.mark.parametrize("mesh", ["ingressSelector: other", '{ingressSelector: ingress, ingressControllerMode: "OFF"}'])
def test_nor_where_the_control_plane_was_told_of_other_pods(classic: FakeCluster, mesh: str) -> None:
    classic.get("v1", "ConfigMap", "istio", "istio-system")["data"]["mesh"] = mesh
    assert "VirtualService shop/web leads /.well-known/acme-challenge/token elsewhere" in why_not(classic, BY_ISTIO)


def test_nor_where_no_control_plane_runs(classic: FakeCluster) -> None:
    classic.delete("v1", "ConfigMap", "istio", "istio-system")
    assert "elsewhere" in why_not(classic, BY_ISTIO)


def test_a_route_of_the_services_own_does_not_come_before_it(classic: FakeCluster) -> None:
    """What is made of an Ingress has no age, and older ones come first."""
    spec = classic.get("networking.istio.io/v1", "VirtualService", "web", "shop")["spec"]
    spec["http"].insert(0, {"match": [{"uri": {"prefix": "/.well-known"}}], "route": [{"destination": {"host": "web"}}]})
    assert why_not(classic, BY_ISTIO) == ""
