"""ingress-nginx and cert-manager, installed from their stand-in charts, do in a cluster what the real ones would."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quayside_sandbox.clouds.world_dns import resolve
from quayside_sandbox.controlplane.crds import load_crds
from quayside_sandbox.kube import Api, ApiError
from quayside_sandbox.sandbox import Sandbox

from .cluster_checks import NODES, Object, available, condition, eventually

CERTIFICATES = "cert-manager.io/v1"
INGRESS = "networking.k8s.io/v1"


@pytest.fixture(scope="module")
def kubeconfig(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("cluster") / "kubeconfig"
    file.write_text(sandbox.local_cluster("plain", NODES))
    return file


@pytest.fixture(scope="module")
def api(kubeconfig: Path) -> Iterator[Api]:
    client = Api.from_kubeconfig(kubeconfig.read_text())
    for name in ("edge", "cert-manager"):
        client.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield client
    client.close()


def install(sandbox: Sandbox, kubeconfig: Path, chart: str, namespace: str, **values: Any) -> None:
    settings = sandbox.folder.read_settings()
    words = [settings["tools"]["helm"], "install", chart, f"{settings['chart_folder']}/{chart}", "--kubeconfig", str(kubeconfig)]
    words += ["--namespace", namespace, "--values", "-", "--wait", "--timeout", "2m"]
    answer = subprocess.run(words, input=json.dumps(values), capture_output=True, text=True, env=sandbox.environment(), check=False)
    assert answer.returncode == 0, answer.stderr


def ingress(name: str, host: str, **annotations: str) -> Object:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rule = {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    spec = {"ingressClassName": "nginx", "rules": [rule], "tls": [{"hosts": [host], "secretName": f"{name}-tls"}]}
    metadata = {"name": name, "namespace": "default", "annotations": annotations}
    return {"apiVersion": INGRESS, "kind": "Ingress", "metadata": metadata, "spec": spec}


def test_ingresses_are_judged_and_learn_their_address(sandbox: Sandbox, kubeconfig: Path, api: Api) -> None:
    selector = {
        "app.kubernetes.io/name": "ingress-nginx",
        "app.kubernetes.io/instance": "ingress-nginx",
        "app.kubernetes.io/component": "controller",
    }
    ports = [{"name": name, "port": port, "targetPort": name} for name, port in (("http", 80), ("https", 443))]
    spec = {"type": "LoadBalancer", "selector": selector, "ports": ports}
    api.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "entry", "namespace": "edge"}, "spec": spec})
    controller = {"service": {"enabled": False}, "extraArgs": {"publish-service": "edge/entry"}}
    install(sandbox, kubeconfig, "ingress-nginx", "edge", controller=controller)
    api.create(ingress("web", "shop.example.com"))

    def address() -> str:
        status = api.get(INGRESS, "Ingress", "web", "default").get("status") or {}
        return str((status.get("loadBalancer", {}).get("ingress") or [{}])[0].get("ip", ""))

    [made] = sandbox.store.list("local", "loadBalancers")
    assert eventually(address, "the Ingress to have an address") == made["ip"]
    with pytest.raises(ApiError) as refused:
        api.create(ingress("copy", "shop.example.com"))
    assert refused.value.message == (
        'admission webhook "validate.nginx.ingress.kubernetes.io" denied the request: '
        'host "shop.example.com" and path "/" is already defined in ingress default/web'
    )
    api.delete(INGRESS, "Ingress", "web", "default")


def test_without_a_controller_the_webhook_fails(api: Api) -> None:
    api.patch("apps/v1", "Deployment", "ingress-nginx-controller", {"spec": {"replicas": 0}}, "edge")

    def refusal() -> str:
        try:
            api.create(ingress("early", "early.example.com"))
        except ApiError as problem:
            return problem.message
        api.delete(INGRESS, "Ingress", "early", "default")
        return ""

    gone = 'no endpoints available for service "ingress-nginx-controller-admission"'  # before that, a connection may be cut short
    message = eventually(lambda: (said := refusal()) and gone in said and said, "the webhook to fail")
    assert 'failed calling webhook "validate.nginx.ingress.kubernetes.io"' in message
    api.patch("apps/v1", "Deployment", "ingress-nginx-controller", {"spec": {"replicas": 1}}, "edge")
    eventually(lambda: available(api, "ingress-nginx-controller", 1, "edge"), "the controller to come back")


def test_an_annotated_ingress_gets_its_certificate_once_its_name_leads_here(
    sandbox: Sandbox, kubeconfig: Path, api: Api, shared_data: Path, tmp_path: Path
) -> None:
    """The definitions are the real ones: they accept what is written."""
    (tmp_path / "cert-manager.yaml").symlink_to(shared_data / "crds" / "cert-manager.yaml")
    assert load_crds(api, tmp_path) == 6
    install(sandbox, kubeconfig, "cert-manager", "cert-manager", crds={"enabled": True})
    solver = {"http01": {"ingress": {"ingressClassName": "nginx"}}}
    acme = {"server": "https://acme-v02.api.letsencrypt.org/directory", "email": "ops@example.com", "solvers": [solver]}
    spec = {"acme": {**acme, "privateKeySecretRef": {"name": "letsencrypt"}}}
    api.create({"apiVersion": CERTIFICATES, "kind": "ClusterIssuer", "metadata": {"name": "letsencrypt"}, "spec": spec})
    issuer = eventually(
        lambda: (found := api.get(CERTIFICATES, "ClusterIssuer", "letsencrypt")) and condition(found, "Ready") and found, "the account"
    )
    assert condition(issuer, "Ready")["status"] == "True"
    made = api.create(ingress("web", "shop.example.com", **{"cert-manager.io/cluster-issuer": "letsencrypt"}))

    def ready() -> Object:
        return condition(api.find(CERTIFICATES, "Certificate", "web-tls", "default") or {}, "Ready")

    waiting = eventually(ready, "the Certificate to be looked at")
    assert waiting["status"] == "False"
    assert "Failed to resolve shop.example.com: no such host" in waiting["message"]
    zone = sandbox.store.create("cloudflare", "zones", {"name": "example.com", "status": "active"})
    [balancer] = sandbox.store.list("local", "loadBalancers")
    record = {"zoneId": zone["id"], "name": "*.example.com", "type": "A", "content": balancer["ip"]}
    sandbox.store.create("cloudflare", "dnsRecords", record)
    assert resolve(sandbox.store, "shop.example.com").addresses == (balancer["ip"],)
    eventually(lambda: ready()["status"] == "True", "the certificate")
    secret = api.get("v1", "Secret", "web-tls", "default")
    assert set(secret["data"]) == {"tls.crt", "tls.key", "ca.crt"}
    api.delete("v1", "Secret", "web-tls", "default")
    eventually(lambda: api.find("v1", "Secret", "web-tls", "default"), "a lost Secret to come back")
    assert api.get(CERTIFICATES, "Certificate", "web-tls", "default")["metadata"]["ownerReferences"][0]["uid"] == made["metadata"]["uid"]
    api.delete(INGRESS, "Ingress", "web", "default")
    eventually(lambda: not api.list(CERTIFICATES, "Certificate"), "the Certificate to go with its Ingress", 60)
