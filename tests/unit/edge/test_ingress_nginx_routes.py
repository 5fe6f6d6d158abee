"""Routes of ingress-nginx: plain values in, one Ingress out."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from quayside.edge import index
from quayside.edge.certificates import covers
from quayside.edge.contract import Exposure, Route

HOSTS = {"shop.example.com": {"/": "Prefix", "/api": "Exact"}, "example.com": {"/": "Prefix"}}
SIGNED = Route("ingress-nginx", "nginx", "ingress-nginx", "letsencrypt-prod")


def ingress(route: Route, **changed: Any) -> dict[str, Any]:
    exposure = Exposure("shop", "shops", 80, **{"hosts": HOSTS, "labels": {"team": "a"}, **changed})
    (made,) = index.routes(route, exposure)
    return made


def test_the_ingress_as_a_whole() -> None:
    backend = {"service": {"name": "shop", "port": {"number": 80}}}
    assert ingress(SIGNED) == {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {
            "name": "shop",
            "namespace": "shops",
            "labels": {"team": "a"},
            "annotations": {
                "pulumi.com/skipAwait": "true",
                "nginx.ingress.kubernetes.io/ssl-redirect": "true",
                "cert-manager.io/cluster-issuer": "letsencrypt-prod",
            },
        },
        "spec": {
            "ingressClassName": "nginx",
            "rules": [
                {"host": "example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}},
                {
                    "host": "shop.example.com",
                    "http": {
                        "paths": [
                            {"path": "/", "pathType": "Prefix", "backend": backend},
                            {"path": "/api", "pathType": "Exact", "backend": backend},
                        ]
                    },
                },
            ],
            "tls": [{"hosts": ["example.com", "shop.example.com"], "secretName": "shop-tls"}],
        },
    }


def test_below_a_wildcard_no_certificate_is_asked_for() -> None:
    made = ingress(replace(SIGNED, wildcard="example.com"))
    assert made["spec"]["tls"] == [{"hosts": ["example.com", "shop.example.com"]}]
    assert "cert-manager.io/cluster-issuer" not in made["metadata"]["annotations"]
    assert made["metadata"]["annotations"]["nginx.ingress.kubernetes.io/ssl-redirect"] == "true"


def test_hosts_beside_the_wildcard_have_a_certificate_of_their_own() -> None:
    hosts = {"shop.example.com": {"/": "Prefix"}, "api.shop.example.com": {"/": "Prefix"}}
    made = ingress(replace(SIGNED, wildcard="example.com"), hosts=hosts)
    assert made["spec"]["tls"] == [{"hosts": ["shop.example.com"]}, {"hosts": ["api.shop.example.com"], "secretName": "shop-tls"}]
    assert made["metadata"]["annotations"]["cert-manager.io/cluster-issuer"] == "letsencrypt-prod"


def test_without_certificates_there_is_no_redirect_to_them() -> None:
    made = ingress(replace(SIGNED, issuer=None))
    assert "tls" not in made["spec"]
    assert made["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}


@pytest.mark.parametrize(
    ("host", "covered"),
    [("example.com", True), ("a.example.com", True), ("a.b.example.com", False), ("notexample.com", False), ("example.org", False)],
)
def test_a_wildcard_stands_for_one_label(host: str, covered: bool) -> None:
    assert covers("example.com", host) is covered
    assert not covers(None, host)


def test_rendering_imports_no_provider() -> None:
    """Services in stacks of their own render routes, and providers' SDKs are slow."""
    program = """
import sys
from quayside.edge import index
from quayside.edge.contract import Exposure, Route
index.routes(Route("ingress-nginx", "nginx", "ingress-nginx"), Exposure("shop", "shops", 80, {}))
sys.exit(1 if {"pulumi_kubernetes", "pulumi_digitalocean"} & set(sys.modules) else 0)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
