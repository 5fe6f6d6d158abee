"""The issuers' manifests."""

from typing import Any

import pytest

from quayside.planes.issuers import Through, issuers, token_secret
from unit.crd_schemas import problems

LABELS = {"quayside/owner": "quayside.dev"}


def made(email: str | None = "ops@acme.com", challenge: str = "http-01") -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in issuers(LABELS, email=email, challenge=challenge, through=[Through("nginx")])}


def test_all_three_are_made_whichever_is_used() -> None:
    assert set(made()) == {"letsencrypt-prod", "letsencrypt-staging", "self-signed"}


def test_without_an_email_there_is_only_the_self_signed_one() -> None:
    assert set(made(email=None)) == {"self-signed"}


def test_they_are_cluster_wide_and_marked() -> None:
    for issuer in made().values():
        assert (issuer["apiVersion"], issuer["kind"]) == ("cert-manager.io/v1", "ClusterIssuer")
        assert issuer["metadata"]["labels"] == LABELS
        assert "namespace" not in issuer["metadata"]


@pytest.mark.parametrize(
    ("name", "server"),
    [
        ("letsencrypt-prod", "https://acme-v02.api.letsencrypt.org/directory"),
        ("letsencrypt-staging", "https://acme-staging-v02.api.letsencrypt.org/directory"),
    ],
)
def test_an_account_at_lets_encrypt_by_http(name: str, server: str) -> None:
    assert made()[name]["spec"] == {
        "acme": {
            "server": server,
            "email": "ops@acme.com",
            "privateKeySecretRef": {"name": f"{name}-account-key"},
            "solvers": [{"http01": {"ingress": {"ingressClassName": "nginx", "serviceType": "ClusterIP"}}}],
        }
    }


def test_by_dns_the_token_is_read_from_its_secret() -> None:
    (solver,) = made(challenge="dns-01")["letsencrypt-prod"]["spec"]["acme"]["solvers"]
    secret = token_secret("cert-manager", LABELS, {"api-token": "Li4u"})
    reference = solver["dns01"]["cloudflare"]["apiTokenSecretRef"]
    assert reference["name"] == secret["metadata"]["name"]
    assert list(secret["data"]) == [reference["key"]]
    assert secret["metadata"]["namespace"] == "cert-manager"


def test_the_self_signed_one_needs_nothing() -> None:
    assert made()["self-signed"]["spec"] == {"selfSigned": {}}


def test_challenges_pass_a_gateway_or_an_ingress_as_the_host_leads() -> None:
    through = [Through(gateway="gateway-api/gateway", hosts=("b.example.com", "a.example.com")), Through("nginx")]
    found = issuers(LABELS, email="ops@acme.com", challenge="http-01", through=through)
    assert [each for manifest in found for each in problems(manifest)] == []
    by_gateway, by_ingress = found[1]["spec"]["acme"]["solvers"]
    assert by_gateway["selector"] == {"dnsNames": ["a.example.com", "b.example.com"]}
    (parent,) = by_gateway["http01"]["gatewayHTTPRoute"]["parentRefs"]
    assert (parent["namespace"], parent["name"], parent["sectionName"]) == ("gateway-api", "gateway", "http")
    assert "selector" not in by_ingress
    assert by_ingress["http01"]["ingress"]["ingressClassName"] == "nginx"
