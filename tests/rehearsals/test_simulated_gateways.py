"""istiod, cert-manager's solver and gateways at work in a cluster with the real definitions: from a Gateway to what a visitor meets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from quayside_sandbox.controlplane.crds import load_crds
from quayside_sandbox.kube import Api
from quayside_sandbox.rehearsal import Rehearsal
from quayside_sandbox.sandbox import Sandbox
from quayside_sandbox.visitor import Answer

from .cluster_checks import NODES, Object, condition, deployment, eventually

GATEWAY = "gateway.networking.k8s.io/v1"
CERTIFICATES = "cert-manager.io/v1"
REGISTRATION = "admissionregistration.k8s.io/v1"
HOST = "shop.example.com"


@pytest.fixture(scope="module")
def api(sandbox: Sandbox, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    client = Api.from_kubeconfig(sandbox.local_cluster("gateways", NODES))
    folder = tmp_path_factory.mktemp("definitions")
    for name in ("gateway-api.yaml", "cert-manager.yaml"):
        (folder / name).symlink_to(shared_data / "crds" / name)
    assert load_crds(client, folder) == 16
    labels = {"edge": {}, "shop": {"istio-injection": "enabled", "pod-security.kubernetes.io/enforce": "restricted"}}
    for name in ("istio-system", "cert-manager", *labels):
        client.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels.get(name, {})}})
    proxy = {"resources": {"requests": {"cpu": "10m", "memory": "40Mi"}}, "seccompProfile": {"type": "RuntimeDefault"}}
    values = {"global": {"proxy": proxy}, "pilot": {"cni": {"enabled": True}}}
    put(client, "v1", "ConfigMap", "istio-sidecar-injector", "istio-system", data={"values": json.dumps(values)})
    for name, namespace, more in (("istiod", "istio-system", {}), ("cert-manager", "cert-manager", {"args": ["--enable-gateway-api"]})):
        made = deployment(name, namespace=namespace, **more)
        own = {"app.kubernetes.io/name": name, "app.kubernetes.io/component": "controller"}
        made["metadata"]["labels"] = {"app": name, **own}
        client.create(made)
    put(client, "v1", "Service", "istiod", "istio-system", spec={"selector": {"app": "istiod"}, "ports": [{"port": 443}]})
    yield client
    client.close()


def put(api: Api, version: str, kind: str, name: str, namespace: str = "shop", **fields: object) -> Object:
    metadata: Object = {"name": name, "namespace": namespace}
    return api.create({"apiVersion": version, "kind": kind, "metadata": metadata, **fields})


def visit(sandbox: Sandbox, scheme: str = "https") -> Answer:
    [answer] = Rehearsal(sandbox, Path(), "none").asks(HOST, scheme=scheme, cluster="gateways")
    return answer


def test_from_a_gateway_to_a_visitor(sandbox: Sandbox, api: Api) -> None:
    eventually(lambda: len(api.list(GATEWAY, "GatewayClass")) == 3, "istiod's classes")
    listener = {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}}
    gateway = put(
        api, GATEWAY, "Gateway", "gateway", "edge",
        spec={"gatewayClassName": "istio", "listeners": [listener], "allowedListeners": {"namespaces": {"from": "All"}}},
    )  # fmt: skip
    inside = {"metadata": {"annotations": {"networking.istio.io/service-type": "ClusterIP"}}}
    api.patch(GATEWAY, "Gateway", "gateway", inside, "edge")
    selector = {"gateway.networking.k8s.io/gateway-name": "gateway"}
    ports = [{"name": f"p{port}", "port": port, "targetPort": port} for port in (80, 443)]
    put(api, "v1", "Service", "balancer", "edge", spec={"type": "LoadBalancer", "selector": selector, "ports": ports})
    programmed = eventually(
        lambda: (found := api.get(GATEWAY, "Gateway", "gateway", "edge")) and condition(found, "Programmed")["status"] == "True" and found,
        "the Gateway's pods",
    )
    assert programmed["status"]["addresses"] == [{"type": "Hostname", "value": "gateway-istio.edge.svc.cluster.local"}]
    made = api.get("apps/v1", "Deployment", "gateway-istio", "edge")
    assert made["metadata"]["ownerReferences"][0]["uid"] == gateway["metadata"]["uid"]
    balancer = eventually(lambda: sandbox.store.list("local", "loadBalancers", _service="edge/balancer"), "the load balancer")[0]
    zone = sandbox.store.create("cloudflare", "zones", {"name": "example.com", "status": "active"})
    sandbox.store.create("cloudflare", "dnsRecords", {"zoneId": zone["id"], "name": HOST, "type": "A", "content": balancer["ip"]})
    assert visit(sandbox, "http").problem.startswith("404: no route of listener http")

    parents = [{"name": "gateway", "namespace": "edge", "kind": "Gateway", "group": "gateway.networking.k8s.io"}]
    acme = {"server": "https://acme-v02.api.letsencrypt.org/directory", "privateKeySecretRef": {"name": "account"}}
    solver = {"http01": {"gatewayHTTPRoute": {"parentRefs": parents}}}
    put(api, CERTIFICATES, "Issuer", "letsencrypt", spec={"acme": {**acme, "email": "ops@example.com", "solvers": [solver]}})
    certificate = {"secretName": "web-tls", "dnsNames": [HOST], "issuerRef": {"name": "letsencrypt", "kind": "Issuer"}}
    put(api, CERTIFICATES, "Certificate", "web", spec=certificate)
    secure = {"name": "https", "port": 443, "protocol": "HTTPS", "hostname": HOST, "tls": {"certificateRefs": [{"name": "web-tls"}]}}
    put(api, GATEWAY, "ListenerSet", "web", spec={"parentRef": parents[0], "listeners": [secure]})
    rule = {"backendRefs": [{"name": "web", "port": 80}]}
    reference = {"name": "web", "kind": "ListenerSet", "group": "gateway.networking.k8s.io"}
    put(api, GATEWAY, "HTTPRoute", "web", spec={"parentRefs": [reference], "hostnames": [HOST], "rules": [rule]})

    def told() -> Object:
        parents = (api.get(GATEWAY, "HTTPRoute", "web", "shop").get("status") or {}).get("parents") or [{}]
        return {each["type"]: each for each in parents[0].get("conditions") or []}

    assert eventually(told, "istiod to look at the route")["ResolvedRefs"]["reason"] == "BackendNotFound"
    put(api, "v1", "Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]})
    eventually(lambda: told()["ResolvedRefs"]["status"] == "True", "the Service to be seen")
    eventually(lambda: api.find("v1", "Secret", "web-tls", "shop"), "the certificate")
    listener_set = eventually(
        lambda: (
            (found := api.get(GATEWAY, "ListenerSet", "web", "shop"))
            and (found["status"].get("listeners") or [{}])[0].get("attachedRoutes") == 1
            and condition({"status": found["status"]["listeners"][0]}, "Programmed")["status"] == "True"
            and found
        ),
        "the listener to take the route and the certificate",
    )
    assert condition(listener_set, "Accepted")["status"] == "True"
    assert api.get(GATEWAY, "Gateway", "gateway", "edge")["status"]["attachedListenerSets"] == 1
    answer = visit(sandbox)
    assert (answer.entry, answer.route, answer.services) == ("gateway-api", "HTTPRoute shop/web", {"shop/web": 100.0})
    assert answer.certificate is not None
    assert (answer.certificate.problem, answer.problem) == ("", "no pod answers behind shop/web")


def test_a_pod_gets_its_sidecar_through_the_webhook(sandbox: Sandbox, api: Api) -> None:
    client = {"service": {"name": "istiod", "namespace": "istio-system", "path": "/inject"}}
    rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"], "scope": "*"}]
    webhook = {
        "name": "namespace.sidecar-injector.istio.io",
        "clientConfig": client,
        "rules": rules,
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "namespaceSelector": {"matchLabels": {"istio-injection": "enabled"}},
    }
    api.create(
        {"apiVersion": REGISTRATION, "kind": "MutatingWebhookConfiguration", "metadata": {"name": "injector"}, "webhooks": [webhook]}
    )
    eventually(
        lambda: api.get(REGISTRATION, "MutatingWebhookConfiguration", "injector")["webhooks"][0]["clientConfig"].get("caBundle"), "istiod"
    )
    security = {
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    api.create(deployment("web", namespace="shop", securityContext=security))
    answer = eventually(lambda: (found := visit(sandbox)) and not found.problem and found, "the pod, with its sidecar")
    assert answer.backends[0].ready == 1
    [pod] = api.list("v1", "Pod", "shop", labels="app=web")
    assert [each["name"] for each in pod["spec"]["initContainers"]] == ["istio-validation", "istio-proxy"]
    assert pod["spec"]["initContainers"][1]["resources"]["requests"] == {"cpu": "10m", "memory": "40Mi"}
    api.delete(GATEWAY, "Gateway", "gateway", "edge")
    eventually(lambda: api.find("v1", "Service", "gateway-istio", "edge") is None, "the Gateway's objects to go with it", 60)
