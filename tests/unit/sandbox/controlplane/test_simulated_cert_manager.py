"""The simulated cert-manager: from an annotated Ingress to a Secret with a certificate, or to a reason why not."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography import x509

from quayside_sandbox.clouds.store import Store
from quayside_sandbox.controlplane.controllers.cert_manager import CertManager
from quayside_sandbox.kube.client import Object

from .fake_cluster import CLUSTER, FakeCluster, deployment, ingress, running, service

API = "cert-manager.io/v1"
ENTRY = "203.0.113.1"
HTTP = {"http01": {"ingress": {"ingressClassName": "nginx"}}}
DNS = {"dns01": {"cloudflare": {"apiTokenSecretRef": {"name": "cloudflare", "key": "token"}}}}


@pytest.fixture
def zone(store: Store) -> str:
    return str(store.create("cloudflare", "zones", {"name": "example.com", "status": "active"})["id"])


@pytest.fixture
def ready(cluster: FakeCluster, store: Store) -> FakeCluster:
    cluster.put(**deployment("cert-manager", "cert-manager", "--cluster-resource-namespace=$(POD_NAMESPACE)"))
    cluster.put("IngressClass", "nginx", api_version="networking.k8s.io/v1", spec={"controller": "k8s.io/ingress-nginx"})
    labels = {"app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller"}
    cluster.put(**running("nginx", "edge", labels))
    cluster.put(**service("entry", "edge", labels, p80=80, p443=443))
    store.create("digitalocean", "loadBalancers", {"name": "edge", "ip": ENTRY, "_clusterId": CLUSTER, "_service": "edge/entry"})
    return cluster


def acme(cluster: FakeCluster, *solvers: Object, **more: Any) -> None:
    server = "https://acme-v02.api.letsencrypt.org/directory"
    account = {"name": "le-account"}
    spec = {"acme": {"server": server, "email": "ops@example.com", "privateKeySecretRef": account, "solvers": list(solvers), **more}}
    cluster.put("ClusterIssuer", "le", api_version=API, spec=spec)


def certificate(cluster: FakeCluster, *names: str, issuer: str = "le", kind: str = "ClusterIssuer", **spec: Any) -> None:
    reference = {"name": issuer, "kind": kind}
    cluster.put("Certificate", "web", "shop", API, spec={"secretName": "web-tls", "issuerRef": reference, "dnsNames": list(names), **spec})


def record(store: Store, zone: str, name: str, content: str, kind: str = "A", **more: Any) -> None:
    store.create("cloudflare", "dnsRecords", {"zoneId": zone, "name": name, "type": kind, "content": content, **more})


def conditions(cluster: FakeCluster, kind: str = "Certificate", name: str = "web", namespace: str = "shop") -> dict[str, Object]:
    found = cluster.get(API, kind, name, namespace)
    return {each["type"]: each for each in (found.get("status") or {}).get("conditions") or []}


def why_not(cluster: FakeCluster) -> str:
    """Runs it; the reason in the Certificate's condition, '' where it is ready."""
    again = CertManager(cluster.around).reconcile()
    found = conditions(cluster)["Ready"]
    assert (again is not None) == (found["status"] == "False"), "only what waits is looked at again"
    return "" if found["status"] == "True" else str(found["message"])


def secret(cluster: FakeCluster, name: str = "web-tls") -> Object:
    return cluster.get("v1", "Secret", name, "shop")


def names_in(made: Object) -> list[str]:
    found = x509.load_pem_x509_certificate(base64.b64decode(made["data"]["tls.crt"]))
    return found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)


# -- issuers ----------------------------------------------------------------------------------------------------------------------


def test_an_acme_account_is_registered_once(ready: FakeCluster) -> None:
    acme(ready, HTTP)
    simulator = CertManager(ready.around)
    assert simulator.reconcile() is None
    assert conditions(ready, "ClusterIssuer", "le", "")["Ready"]["reason"] == "ACMEAccountRegistered"
    status = ready.get(API, "ClusterIssuer", "le")["status"]["acme"]
    assert status == {"uri": "https://acme-v02.api.letsencrypt.org/acme/acct/1", "lastRegisteredEmail": "ops@example.com"}
    assert ready.get("v1", "Secret", "le-account", "cert-manager")["data"]["tls.key"]
    writes = ready.writes
    simulator.reconcile()
    assert ready.writes == writes


@pytest.mark.parametrize(("given", "reason"), [({"email": "nobody"}, "ErrRegisterACMEAccount"), ({"server": "acme"}, "InvalidURL")])
def test_an_account_that_cannot_be(ready: FakeCluster, given: Object, reason: str) -> None:
    acme(ready, HTTP, **given)
    certificate(ready, "a.example.com")
    assert "Referenced ClusterIssuer le is not ready: Failed to" in why_not(ready)
    assert conditions(ready, "ClusterIssuer", "le", "")["Ready"]["reason"] == reason


def test_without_a_running_cert_manager_nothing_happens(cluster: FakeCluster) -> None:
    cluster.put(**{**deployment("cert-manager", "cert-manager"), "status": {}})
    cluster.put(**{**deployment("cert-manager", "cert-manager", component="webhook"), "name": "webhook"})
    acme(cluster, HTTP)
    assert CertManager(cluster.around).reconcile() is None
    assert cluster.writes == 0


def test_without_its_definitions_it_waits_for_them(store: Store) -> None:
    cluster = FakeCluster(store, "Issuer")
    cluster.put(**deployment("cert-manager", "cert-manager"))
    assert CertManager(cluster.around).reconcile() is not None


# -- http-01 ----------------------------------------------------------------------------------------------------------------------


def test_names_that_lead_to_the_entry_get_a_certificate(ready: FakeCluster, store: Store, zone: str) -> None:
    acme(ready, HTTP)
    record(store, zone, "example.com", ENTRY)
    record(store, zone, "www.example.com", "example.com", "CNAME")
    record(store, zone, "proxied.example.com", ENTRY, proxied=True)
    names = ["example.com", "www.example.com", "proxied.example.com"]
    certificate(ready, *names)
    assert why_not(ready) == ""
    made = secret(ready)
    assert made["type"] == "kubernetes.io/tls"
    assert names_in(made) == names
    status = ready.get(API, "Certificate", "web", "shop")["status"]
    assert status["revision"] == 1
    assert status["notBefore"] < status["renewalTime"] < status["notAfter"]
    assert "Issuing" not in conditions(ready)
    assert ("Issuing", "The certificate has been successfully issued") in ready.events()
    writes = ready.writes
    assert why_not(ready) == ""
    assert ready.writes == writes


def test_why_a_name_gets_none(ready: FakeCluster, store: Store, zone: str) -> None:
    acme(ready, HTTP)
    certificate(ready, "a.example.com")
    assert "Failed to resolve a.example.com: no such host a.example.com: zone example.com has no record of it" in why_not(ready)
    assert [reason for reason, _ in ready.events()] == ["ACMEAccountRegistered", "Failed"]
    assert conditions(ready)["Issuing"]["status"] == "True"
    writes = ready.writes
    why_not(ready)
    assert ready.writes == writes, "said once"
    record(store, zone, "a.example.com", ENTRY)
    record(store, zone, "a.example.com", "2001:db8::1", "AAAA")
    assert "a.example.com leads to 2001:db8::1, and this cluster (203.0.113.1) never sees the request" in why_not(ready)
    assert not ready.find("v1", "Secret", "web-tls", "shop")


def test_a_proxied_name_needs_the_right_origin(ready: FakeCluster, store: Store, zone: str) -> None:
    acme(ready, HTTP)
    record(store, zone, "a.example.com", "203.0.113.99", proxied=True)
    certificate(ready, "a.example.com")
    assert "a.example.com leads to 203.0.113.99" in why_not(ready)


def test_http_cannot_do_wildcards_and_needs_a_class(ready: FakeCluster, store: Store, zone: str) -> None:
    acme(ready, HTTP)
    record(store, zone, "*.example.com", ENTRY)
    certificate(ready, "*.example.com")
    assert "no configured challenge solvers can be used for this challenge" in why_not(ready)
    certificate(ready, "a.example.com")
    del ready.objects["IngressClass", "", "nginx"]
    assert "no ingress controller in this cluster serves the solver's Ingress of class nginx" in why_not(ready)


# -- dns-01 -----------------------------------------------------------------------------------------------------------------------


def test_dns_needs_the_token_and_the_zone(ready: FakeCluster, store: Store) -> None:
    acme(ready, DNS)
    certificate(ready, "*.example.com", "example.com")
    assert 'error getting cloudflare secret: secrets "cloudflare" not found' in why_not(ready)
    ready.put("Secret", "cloudflare", "cert-manager", data={"other": "eA=="})
    assert 'key "token" not found in secret "cloudflare"' in why_not(ready)
    ready.put("Secret", "cloudflare", "cert-manager", data={"token": "eA=="})
    assert "Found no Zones for domain _acme-challenge.example.com." in why_not(ready)
    zone = store.create("cloudflare", "zones", {"name": "example.com", "status": "pending"})["id"]
    assert "zone example.com is pending" in why_not(ready)
    store.update("cloudflare", "zones", zone, {"status": "active"})
    assert why_not(ready) == ""
    assert names_in(secret(ready)) == ["*.example.com", "example.com"]


def test_the_solver_that_says_most_about_a_name_is_taken(ready: FakeCluster, store: Store, zone: str) -> None:
    acme(ready, HTTP, {**DNS, "selector": {"dnsZones": ["example.com"]}}, {**HTTP, "selector": {"dnsNames": ["plain.example.com"]}})
    certificate(ready, "a.example.com")
    assert "error getting cloudflare secret" in why_not(ready)
    certificate(ready, "plain.example.com")
    assert "Failed to resolve plain.example.com" in why_not(ready)


# -- others -----------------------------------------------------------------------------------------------------------------------


def test_self_signed_and_an_authority_made_of_it(ready: FakeCluster) -> None:
    ready.put("Issuer", "self", "shop", API, spec={"selfSigned": {}})
    ready.put("Issuer", "ca", "shop", API, spec={"ca": {"secretName": "web-tls"}})
    certificate(ready, issuer="self", kind="Issuer", isCA=True, commonName="our ca")
    assert why_not(ready) == ""
    ready.put("Certificate", "leaf", "shop", API, spec={"secretName": "leaf", "issuerRef": {"name": "ca"}, "dnsNames": ["in.local"]})
    simulator = CertManager(ready.around)
    simulator.reconcile()
    simulator.reconcile()
    authority = x509.load_pem_x509_certificate(base64.b64decode(secret(ready)["data"]["tls.crt"]))
    leaf = x509.load_pem_x509_certificate(base64.b64decode(secret(ready, "leaf")["data"]["tls.crt"]))
    leaf.verify_directly_issued_by(authority)
    assert conditions(ready, "Issuer", "ca")["Ready"]["reason"] == "KeyPairVerified"


def test_changes_and_losses_are_made_good(ready: FakeCluster) -> None:
    ready.put("ClusterIssuer", "self", api_version=API, spec={"selfSigned": {}})
    certificate(ready, "a.local", issuer="self")
    assert why_not(ready) == ""
    found = ready.get(API, "Certificate", "web", "shop")
    found["spec"]["dnsNames"] = ["a.local", "b.local"]
    assert why_not(ready) == ""
    assert names_in(secret(ready)) == ["a.local", "b.local"]
    assert ready.get(API, "Certificate", "web", "shop")["status"]["revision"] == 2
    ready.put("ClusterIssuer", "other", api_version=API, spec={"selfSigned": {}})
    ready.get(API, "Certificate", "web", "shop")["spec"]["issuerRef"]["name"] = "other"
    CertManager(ready.around).reconcile()
    assert why_not(ready) == ""
    assert secret(ready)["metadata"]["annotations"]["cert-manager.io/issuer-name"] == "other"
    assert [message for _, message in ready.events() if "previously issued" in message] == [
        'Issuing certificate as Secret was previously issued by "ClusterIssuer.cert-manager.io/self"'
    ]
    ready.delete("v1", "Secret", "web-tls", "shop")
    assert why_not(ready) == ""
    assert secret(ready)


def test_an_issuer_that_is_not_there(ready: FakeCluster) -> None:
    certificate(ready, "a.local", issuer="nobody")
    assert 'Referenced "ClusterIssuer" not found: clusterissuer.cert-manager.io "nobody" not found' in why_not(ready)


def test_one_that_nobody_checked_does_not_stop_the_others(ready: FakeCluster) -> None:
    ready.put("Certificate", "a-broken", "shop", API, spec={"dnsNames": ["a.local"]})
    ready.put("ClusterIssuer", "self", api_version=API, spec={"selfSigned": {}})
    certificate(ready, "a.local", issuer="self")
    assert why_not(ready) == ""


# -- Ingresses --------------------------------------------------------------------------------------------------------------------


def annotated(cluster: FakeCluster, *blocks: Object, **annotations: str) -> Object:
    given = {"cert-manager.io/cluster-issuer": "self", **{f"cert-manager.io/{key}": value for key, value in annotations.items()}}
    cluster.put("ClusterIssuer", "self", api_version=API, spec={"selfSigned": {}})
    made = cluster.put(**ingress("web", "a.local", annotations=given, labels={"app": "web"}, uid="u-1"))
    made["spec"]["tls"] = list(blocks)
    return made


def test_an_ingress_gets_the_certificate_that_it_names(ready: FakeCluster) -> None:
    annotated(ready, {"hosts": ["a.local", "b.local"], "secretName": "web-tls"}, duration="24h")
    simulator = CertManager(ready.around)
    simulator.reconcile()
    made = ready.get(API, "Certificate", "web-tls", "shop")
    assert made["spec"] == {
        "dnsNames": ["a.local", "b.local"],
        "secretName": "web-tls",
        "issuerRef": {"name": "self", "kind": "ClusterIssuer", "group": "cert-manager.io"},
        "usages": ["digital signature", "key encipherment"],
        "duration": "24h",
    }
    assert made["metadata"]["labels"] == {"app": "web"}
    [owner] = made["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"], owner["controller"], owner["blockOwnerDeletion"]) == ("Ingress", "u-1", True, True)
    assert names_in(secret(ready)) == ["a.local", "b.local"]
    writes = ready.writes
    simulator.reconcile()
    assert ready.writes == writes


def test_the_certificate_follows_the_ingress(ready: FakeCluster) -> None:
    made = annotated(ready, {"hosts": ["a.local"], "secretName": "web-tls"})
    simulator = CertManager(ready.around)
    simulator.reconcile()
    made["spec"]["tls"] = [{"hosts": ["c.local"], "secretName": "web-tls"}]
    simulator.reconcile()
    assert names_in(secret(ready)) == ["c.local"]
    made["spec"]["tls"] = [{"hosts": ["c.local"], "secretName": "other-tls"}]
    simulator.reconcile()
    assert [each["metadata"]["name"] for each in ready.list(API, "Certificate")] == ["other-tls"]


@pytest.mark.parametrize(
    ("blocks", "why"),
    [
        ([{"secretName": "web-tls"}], "Skipped a TLS block: spec.tls[0].hosts: Required value"),
        ([{"hosts": ["a.local"]}], "Skipped a TLS block: spec.tls[0].secretName: Required value"),
        ([{"hosts": ["a.local"], "secretName": "x"}] * 2, "must only appear in a single TLS entry"),
    ],
)
def test_what_an_ingress_cannot_ask_for_is_said_once(ready: FakeCluster, blocks: list[Object], why: str) -> None:
    annotated(ready, *blocks)
    simulator = CertManager(ready.around)
    simulator.reconcile()
    simulator.reconcile()
    assert not ready.list(API, "Certificate")
    [message] = [message for reason, message in ready.events() if reason == "BadConfig"]
    assert why in message


@pytest.mark.parametrize("owners", [[], [{"uid": "another", "kind": "Ingress", "name": "web", "controller": True}]])
def test_a_certificate_of_somebody_else_is_left_alone(ready: FakeCluster, owners: list[Object]) -> None:
    spec = {"secretName": "web-tls", "issuerRef": {"name": "self", "kind": "ClusterIssuer"}, "dnsNames": ["b.local"]}
    ready.put("Certificate", "web-tls", "shop", API, spec=spec, metadata={"ownerReferences": owners})
    annotated(ready, {"hosts": ["a.local"], "secretName": "web-tls"})
    CertManager(ready.around).reconcile()
    assert ready.get(API, "Certificate", "web-tls", "shop")["spec"]["dnsNames"] == ["b.local"]
