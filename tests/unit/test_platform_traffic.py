"""What the platform knows and a service by itself does not: where the services are that its policies name."""

from typing import Any

from quayside.platform import Platform
from quayside.settings.stack import Settings
from quayside.settings.traffic.whole_names import whole_names
from unit.examples import settings, topics
from unit.recorder import record

HOMES = {"web": "front-eu", "auth": "auth-eu"}


def test_callers_get_the_namespaces_of_their_services() -> None:
    told = whole_names({"authorization": {"allow": {"web": {"methods": ["GET"]}, "monitoring/prometheus": {}}}}, HOMES)
    assert told == {"authorization": {"allow": {"front-eu/web": {"methods": ["GET"]}, "monitoring/prometheus": {}}}}


def test_who_is_asked_gets_a_namespace_where_none_is_said() -> None:
    assert whole_names({"external_authorization": {"service": "auth"}}, HOMES)["external_authorization"]["namespace"] == "auth-eu"
    said = {"external_authorization": {"service": "auth", "namespace": "other"}}
    assert whole_names(said, HOMES) == said
    elsewhere = {"external_authorization": {"service": "foreign"}}
    assert whole_names(elsewhere, HOMES) == elsewhere


def test_the_mesh_knows_who_is_asked_and_policies_know_who_calls() -> None:
    stack: dict[str, Any] = {**topics(), "mesh": {"mode": "sidecar"}, "namespaceSuffix": "eu"}
    small = {"resources": {"requests": {"cpu": "10m", "memory": "32Mi"}}}
    stack["services"] = {
        "shop": {
            "image": "acme/shop:1",
            "traffic": {"externalAuthorization": {"service": "auth"}, "authorization": {"allow": {"auth": {}}}},
            **small,
        },
        "auth": {"image": "acme/auth:1", **small},
    }
    spec: Settings = settings(stack)
    found = record(lambda: Platform(spec).export())
    (provider,) = found.one("Release", "istiod").inputs["values"]["meshConfig"]["extensionProviders"]
    assert provider["envoyExtAuthzHttp"]["service"] == "auth.auth-eu.svc.cluster.local"
    asked = found.one("AuthorizationPolicy", "shop-external-authorization").inputs["spec"]
    assert asked["provider"]["name"] == provider["name"]
    allowed = found.one("AuthorizationPolicy", "shop-callers").inputs["spec"]["rules"]
    assert {"from": [{"source": {"principals": ["cluster.local/ns/auth-eu/sa/auth"]}}]} in allowed


def test_what_stands_in_the_entrys_namespace_comes_after_it() -> None:
    stack: dict[str, Any] = {**topics(), "domain": "dev.example.com", "names": {"dns": "none"}, "certificates": {"issuer": "self-signed"}}
    stack |= {"entry": {"kind": "gateway-api"}}
    stack["services"]["hello"] = {
        "image": "acme/hello:1",
        "hosts": {"hello": {}},
        "traffic": {"externalAuthorization": {"service": "auth"}, "retries": {}},
    }
    spec: Settings = settings(stack)
    found = record(lambda: Platform(spec).export())
    for made in (found.one("AuthorizationPolicy"), found.one("EnvoyFilter")):
        assert made.inputs["metadata"]["namespace"] == "gateway-api"
        assert any(urn.endswith(":Namespace::gateway-api") for urn in made.request.dependencies), made.name
