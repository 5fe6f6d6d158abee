"""The certificate for a domain and all names right below it."""

from typing import Any

import pytest

from quayside.edge.wildcard import WildcardCertificate, certificate
from quayside.settings.problems import InvalidSettings
from unit.recorder import Recorded, record, value_of


def wildcard(**args: Any) -> Recorded:
    given: Any = {"domain": "example.com", "namespace": "ingress-nginx", **args}
    return record(lambda: WildcardCertificate("wildcard", given))


def test_it_holds_the_domain_and_all_names_right_below() -> None:
    made = wildcard().one("Certificate").inputs
    assert made["apiVersion"] == "cert-manager.io/v1"
    assert made["metadata"] == {
        "name": "wildcard-tls",
        "namespace": "ingress-nginx",
        "labels": {"quayside/owner": "quayside.dev", "app.kubernetes.io/managed-by": "quayside"},
    }
    assert made["spec"] == {
        "secretName": "wildcard-tls",
        "commonName": "example.com",
        "dnsNames": ["example.com", "*.example.com"],
        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "letsencrypt-prod"},
    }


def test_another_issuer_signs() -> None:
    assert wildcard(issuer="self-signed").one("Certificate").inputs["spec"]["issuerRef"]["name"] == "self-signed"


def test_a_long_domain_is_no_common_name() -> None:
    long = f"{'a' * 30}.{'b' * 30}.com"
    assert len(long) == 65
    assert "commonName" not in certificate(long, "ingress-nginx", "self-signed", {})["spec"]
    assert "commonName" in certificate(long[1:], "ingress-nginx", "self-signed", {})["spec"]


def test_it_says_where_the_secret_is() -> None:
    made: list[WildcardCertificate] = []
    record(lambda: made.append(WildcardCertificate("wildcard", {"domain": "example.com", "namespace": "ingress-nginx"})))
    assert value_of(made[0].secret) == "ingress-nginx/wildcard-tls"


def test_a_domain_is_checked() -> None:
    with pytest.raises(InvalidSettings, match="domain is not a domain"):
        wildcard(domain="*.example.com")


def test_it_is_waited_for_where_that_is_said() -> None:
    assert wildcard(awaited=True).one("Certificate").inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Ready"
    assert "pulumi.com/waitFor" not in wildcard().one("Certificate").inputs["metadata"].get("annotations", {})
