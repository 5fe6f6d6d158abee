"""Routes of Kong: plain values in, Ingresses out."""

from typing import Any

from quayside.edge import index
from quayside.edge.contract import Exposure, Manifest, Match, Parts, Route, Version
from quayside.edge.kong_routes import wildcard_ingress

HOSTS = {"shop.example.com": {"/": "Prefix", "/api": "Exact"}}
SIGNED = Route("kong", "kong", "kong", "letsencrypt-prod")


def made(route: Route = SIGNED, **changed: Any) -> list[Manifest]:
    return index.routes(route, Exposure("shop", "shops", 80, **{"hosts": HOSTS, "labels": {"team": "a"}, **changed}))


def named(found: list[Manifest]) -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each for each in found}


def backends(manifest: Manifest) -> set[str]:
    return {path["backend"]["service"]["name"] for rule in manifest["spec"]["rules"] for path in rule["http"]["paths"]}


def test_the_ingress_as_a_whole() -> None:
    backend = {"service": {"name": "shop", "port": {"number": 80}}}
    assert made() == [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {
                "name": "shop-kong",
                "namespace": "shops",
                "labels": {"team": "a"},
                "annotations": {
                    "pulumi.com/skipAwait": "true",
                    "konghq.com/strip-path": "false",
                    "konghq.com/protocols": "https",
                    "konghq.com/https-redirect-status-code": "308",
                    "cert-manager.io/cluster-issuer": "letsencrypt-prod",
                },
            },
            "spec": {
                "ingressClassName": "kong",
                "rules": [
                    {
                        "host": "shop.example.com",
                        "http": {
                            "paths": [
                                {"path": "/", "pathType": "Prefix", "backend": backend},
                                {"path": "/api", "pathType": "Exact", "backend": backend},
                            ]
                        },
                    }
                ],
                "tls": [{"hosts": ["shop.example.com"], "secretName": "shop-kong-tls"}],
            },
        }
    ]


def test_below_the_wildcard_no_certificate_is_asked_for_and_http_is_sent_on() -> None:
    (ingress,) = made(Route("kong", "kong", "kong", "letsencrypt-prod", "example.com"))
    assert "tls" not in ingress["spec"]
    assert "cert-manager.io/cluster-issuer" not in ingress["metadata"]["annotations"]
    assert ingress["metadata"]["annotations"]["konghq.com/protocols"] == "https"


def test_hosts_without_a_certificate_are_not_sent_on_to_one() -> None:
    found = named(made(Route("kong", "kong", "kong", None, "example.com"), hosts={**HOSTS, "acme.org": {"/": "Prefix"}}))
    assert [rule["host"] for rule in found["shop-kong-plain"]["spec"]["rules"]] == ["acme.org"]
    assert "konghq.com/protocols" not in found["shop-kong-plain"]["metadata"]["annotations"]
    assert [rule["host"] for rule in found["shop-kong"]["spec"]["rules"]] == ["shop.example.com"]
    (plain,) = made(Route("kong", "kong", "kong"))
    assert plain["metadata"]["name"] == "shop-kong"
    assert "konghq.com/protocols" not in plain["metadata"]["annotations"]


def test_a_version_is_led_to_by_headers_for_the_same_hosts_and_paths() -> None:
    found = named(made(versions=(Version("canary", "shop-canary", 0, (Match({"X-User": "ada"}), Match({"X-User": "bob"}))),)))
    assert {name: backends(each) for name, each in found.items()} == {
        "shop-kong": {"shop"},
        "shop-kong-canary": {"shop-canary"},
        "shop-kong-canary-2": {"shop-canary"},
    }
    assert found["shop-kong-canary"]["metadata"]["annotations"]["konghq.com/headers.x-user"] == "ada"
    assert found["shop-kong-canary-2"]["metadata"]["annotations"]["konghq.com/headers.x-user"] == "bob"
    assert found["shop-kong-canary"]["metadata"]["annotations"]["konghq.com/protocols"] == "https"
    assert "tls" not in found["shop-kong-canary"]["spec"]
    assert "cert-manager.io/cluster-issuer" not in found["shop-kong-canary"]["metadata"]["annotations"]


def test_a_comma_in_a_header_does_not_make_two_values_of_it() -> None:
    found = named(made(versions=(Version("b", "shop-b", 0, (Match({"accept": "a, b|c"}),)),)))
    annotations = found["shop-kong-b"]["metadata"]["annotations"]
    assert annotations["konghq.com/headers.accept"].split(annotations["konghq.com/headers-separator"]) == ["a, b|c"]


def test_policies_add_annotations_and_plugins_to_all_of_them() -> None:
    parts = Parts(annotations={"konghq.com/request-buffering": "false"}, plugins=["shop-rate", "shop-cors"])
    for each in made(parts=parts, versions=(Version("b", "shop-b", 0, (Match({"a": "b"}),)),)):
        assert each["metadata"]["annotations"]["konghq.com/plugins"] == "shop-rate,shop-cors"
        assert each["metadata"]["annotations"]["konghq.com/request-buffering"] == "false"


def test_the_wildcards_certificate_is_served_for_all_that_it_covers() -> None:
    spec = wildcard_ingress("example.com", "kong", {})["spec"]
    assert spec["tls"] == [{"hosts": ["example.com", "*.example.com"], "secretName": "wildcard-tls"}]
    assert spec["rules"] == [{"host": "example.com"}]
