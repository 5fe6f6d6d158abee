"""Stack prod, exactly as it is committed: what it makes, field by field, what each edit changes, and that it cannot be lost."""

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

GATEWAY_API = "gateway.networking.k8s.io/v1"


@pytest.fixture(scope="module")
def prod(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Prod, up once for all tests of this file."""
    project = Project(tmp_path_factory.mktemp("project"))
    yield Life(project, Rehearsal(sandbox, project.folder, "prod")).up()


def spec(prod: Life, api_version: str, kind: str, name: str, namespace: str | None = None) -> Any:
    return prod.api.get(api_version, kind, name, namespace)["spec"]


def test_a_second_preview_and_a_refresh_are_quiet(prod: Life) -> None:
    assert quiet(prod.rehearsal.preview()).changed == []
    assert prod.rehearsal.refresh().check().changed == []


def test_the_pods_of_the_service(prod: Life) -> None:
    deployment = prod.api.get("apps/v1", "Deployment", "hello", "hello")
    assert deployment["status"]["readyReplicas"] == 2
    assert deployment["spec"]["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    pod = deployment["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == "hello"
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert pod["terminationGracePeriodSeconds"] == 35
    assert [each["topologyKey"] for each in pod["topologySpreadConstraints"]] == ["kubernetes.io/hostname"]
    (container,) = pod["containers"]
    assert container["image"] == "nginxinc/nginx-unprivileged:1.29-alpine"
    assert container["ports"] == [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]
    assert container["resources"] == {"requests": {"cpu": "250m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "500Mi"}}
    assert container["readinessProbe"]["tcpSocket"] == {"port": "http"}
    assert container["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    (config,) = [each["configMapRef"]["name"] for each in container["envFrom"]]
    assert prod.api.get("v1", "ConfigMap", config, "hello")["data"] == {"GREETING": "hello from prod"}


def test_what_stands_around_the_pods(prod: Life) -> None:
    service = spec(prod, "v1", "Service", "hello", "hello")
    assert (service["type"], [(each["port"], each["targetPort"]) for each in service["ports"]]) == ("ClusterIP", [(80, "http")])
    scaler = spec(prod, "autoscaling/v2", "HorizontalPodAutoscaler", "hello", "hello")
    assert (scaler["minReplicas"], scaler["maxReplicas"], scaler["scaleTargetRef"]["name"]) == (2, 6, "hello")
    assert scaler["metrics"][0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": 70}
    assert spec(prod, "policy/v1", "PodDisruptionBudget", "hello", "hello")["maxUnavailable"] == 1
    policy = spec(prod, "networking.k8s.io/v1", "NetworkPolicy", "hello", "hello")
    assert policy["policyTypes"] == ["Ingress"]
    assert [rule["ports"] for rule in policy["ingress"]] == [[{"protocol": "TCP", "port": 8080}]]
    labels = prod.api.get("v1", "Namespace", "hello")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["quayside/owner"] == "quayside.prod"


def test_the_route(prod: Life) -> None:
    sections = {"example.com": "apex", "hello.example.com": "wildcard", "www.example.com": "wildcard"}  # one certificate serves them
    for host, section in sections.items():
        route = prod.api.get(GATEWAY_API, "HTTPRoute", f"hello-{host}-wildcard", "hello")
        assert route["spec"]["hostnames"] == [host]
        (parent,) = route["spec"]["parentRefs"]
        assert (parent["namespace"], parent["name"], parent["sectionName"]) == ("gateway-api", "gateway", section)
        assert {(to["name"], to["port"]) for rule in route["spec"]["rules"] for to in rule["backendRefs"]} == {("hello", 80)}
        (told,) = route["status"]["parents"]
        assert {each["type"]: each["status"] for each in told["conditions"]} == {"Accepted": "True", "ResolvedRefs": "True"}
    assert prod.api.find(GATEWAY_API, "ListenerSet", "hello", "hello") is None


def test_the_entry(prod: Life) -> None:
    assert spec(prod, "apps/v1", "Deployment", "gateway-istio", "gateway-api")["replicas"] == 2  # Istio's, as the Gateway says
    assert spec(prod, "policy/v1", "PodDisruptionBudget", "gateway-istio", "gateway-api")["selector"]
    assert spec(prod, "apps/v1", "Deployment", "istiod", "istio-system")["replicas"] == 2
    listeners = {each["name"]: each for each in spec(prod, GATEWAY_API, "Gateway", "gateway", "gateway-api")["listeners"]}
    assert {name: each["port"] for name, each in listeners.items()} == {"http": 80, "apex": 443, "wildcard": 443}
    assert [each["name"] for each in listeners["wildcard"]["tls"]["certificateRefs"]] == ["wildcard-tls"]
    balancer = prod.balancer()
    assert (balancer["name"], balancer["sizeUnit"], balancer["enableProxyProtocol"]) == ("quayside-prod-gateway-api", 1, False)
    assert "cidr:173.245.48.0/20" in balancer["firewall"]["allows"]  # Cloudflare, and nobody else


def test_issuers_and_the_wildcard_certificate(prod: Life) -> None:
    issuers = {each["metadata"]["name"]: each["spec"] for each in prod.api.list("cert-manager.io/v1", "ClusterIssuer")}
    assert set(issuers) == {"letsencrypt-prod", "letsencrypt-staging", "self-signed"}
    acme = issuers["letsencrypt-prod"]["acme"]
    assert acme["server"] == "https://acme-v02.api.letsencrypt.org/directory"
    assert acme["email"] == "ops@example.com"
    assert acme["solvers"] == [{"dns01": {"cloudflare": {"apiTokenSecretRef": {"name": "cloudflare-dns-token", "key": "api-token"}}}}]

    def issued() -> Any:
        certificate = prod.api.get("cert-manager.io/v1", "Certificate", "wildcard-tls", "gateway-api")
        conditions = (certificate.get("status") or {}).get("conditions") or []
        return certificate if any(each["type"] == "Ready" and each["status"] == "True" for each in conditions) else None

    assert eventually(issued, "the wildcard certificate")["spec"]["dnsNames"] == ["example.com", "*.example.com"]


def test_every_name_resolves_as_the_world_would_resolve_it(prod: Life) -> None:
    store = prod.rehearsal.sandbox.store
    records = prod.records()
    assert {(name, each["type"], each["content"], each["proxied"]) for name, each in records.items()} == {
        ("*.example.com", "A", prod.balancer()["ip"], True),
        ("example.com", "A", prod.balancer()["ip"], True),
    }
    assert all("quayside.prod" in each["comment"] for each in records.values())
    for host in [*prod.rehearsal.outputs()["hosts"], *(name.replace("*", "any") for name in records)]:
        answer = resolve(store, host)
        assert answer.addresses and answer.proxied, answer.problem
        assert answer.origin == (prod.balancer()["ip"],)
    settings = {each["settingId"]: each["value"] for each in store.list("cloudflare", "zoneSettings")}
    assert settings == {"ssl": "strict", "always_use_https": "on", "min_tls_version": "1.2", "http3": "on"}


def test_only_what_should_change_changes(prod: Life) -> None:
    new = "nginxinc/nginx-unprivileged:1.30-alpine"
    assert prod.edit(services__hello__scale__max=8, cluster__pools__main__max=6, services__hello__image=new) == [
        "update digitalocean:index/kubernetesNodePool:KubernetesNodePool::cluster-main",
        "update kubernetes:apps/v1:Deployment::hello",
        "update kubernetes:autoscaling/v2:HorizontalPodAutoscaler::hello",
    ]
    assert spec(prod, "autoscaling/v2", "HorizontalPodAutoscaler", "hello", "hello")["maxReplicas"] == 8
    assert spec(prod, "apps/v1", "Deployment", "hello", "hello")["template"]["spec"]["containers"][0]["image"] == new

    made = kinds(prod.edit(services__shop={"image": "acme/shop:1", "replicas": 2, "hosts": {"shop": {}}}))
    objects = ("Namespace", "ServiceAccount", "Deployment", "PodDisruptionBudget", "NetworkPolicy", "HTTPRoute")
    assert made == {"create Service": 2, **{f"create {kind}": 1 for kind in objects}}
    assert prod.api.get("apps/v1", "Deployment", "shop", "shop")["status"]["readyReplicas"] == 2
    gone = kinds(prod.edit(services__shop=None))  # the preview before it sees no more than this, so the edit before it is done with
    assert gone == {what.replace("create", "delete"): count for what, count in made.items()}
    assert prod.api.find("v1", "Namespace", "shop") is None

    assert quiet(prod.rehearsal.preview()).changed == []


def test_destroy_is_refused_and_nothing_has_changed(prod: Life) -> None:
    before, state = prod.inventory(), [one["urn"] for one in prod.rehearsal.exported()["deployment"]["resources"]]
    for plain in (["--yes"], ["--yes", "--skip-preview"]):
        refused = prod.rehearsal.run("destroy", *plain)
        assert refused.code != 0
        assert "protected" in refused.output
        assert prod.inventory() == before
        assert [one["urn"] for one in prod.rehearsal.exported()["deployment"]["resources"]] == state
    assert prod.rehearsal.preview().check().changed == []
