"""What each data plane is told of callers, tokens, other services' verdicts, filters and what is outside."""

from typing import Any

import pytest

from quayside.settings.traffic.authorization import AuthorizationSettings
from quayside.settings.traffic.egress import EgressSettings
from quayside.settings.traffic.external_authorization import ExternalAuthorizationSettings
from quayside.settings.traffic.filter import FilterSettings
from quayside.settings.traffic.jwt import JwtSettings
from quayside.traffic import authorization, egress, external_authorization, filter, jwt
from quayside.traffic.contract import Planes
from quayside.traffic.index import together
from unit.traffic.carried import CANARY, of_kind, subject

WAYPOINT = "cluster.local/ns/shop/sa/shop-waypoint"
ALLOWED = {"allow": {"web": {}, "monitoring/prometheus": {"methods": ["GET"], "paths": ["/metrics"]}}}


def behind_gateway(mesh: str) -> Any:
    """The service with a host, in a mesh."""
    planes = Planes(entry="gateway-api", mesh=mesh)
    return subject(mesh, planes=planes, hosts=("shop.example.com",), entry_namespace="gateway-api", versions=(CANARY,))


def test_callers_are_let_in_by_sidecars_and_nobody_else() -> None:
    made = authorization.render(AuthorizationSettings.model_validate(ALLOWED), "sidecar", behind_gateway("sidecar")).objects
    assert [each["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"] for each in made] == ["shop", "shop-canary"]
    assert made[0]["spec"]["action"] == "ALLOW"
    assert made[0]["spec"]["rules"] == [
        {"from": [{"source": {"namespaces": ["shop", "gateway-api"]}}]},
        {"from": [{"source": {"principals": ["cluster.local/ns/web/sa/web"]}}]},
        {
            "from": [{"source": {"principals": ["cluster.local/ns/monitoring/sa/prometheus"]}}],
            "to": [{"operation": {"methods": ["GET"], "paths": ["/metrics"]}}],
        },
    ]


def test_a_service_without_hosts_lets_no_entry_in() -> None:
    (made,) = authorization.render(AuthorizationSettings(), "sidecar", subject("sidecar", entry_namespace="gateway-api")).objects
    assert made["spec"]["rules"] == [{"from": [{"source": {"namespaces": ["shop"]}}]}]


def test_nobody_is_an_empty_list_of_rules() -> None:
    """A policy without rules allows nothing; one with an empty rule everything."""
    (made,) = authorization.render(AuthorizationSettings.model_validate({"ownNamespace": False}), "sidecar", subject("sidecar")).objects
    assert made["spec"]["rules"] == []


def test_in_ambient_mode_who_asks_for_some_things_only_comes_by_the_waypoint() -> None:
    parts = authorization.render(AuthorizationSettings.model_validate(ALLOWED), "ambient", behind_gateway("ambient"))
    shop, canary, waypoint = parts.objects
    at_nodes = [principal for rule in shop["spec"]["rules"] for principal in rule["from"][0]["source"].get("principals", [])]
    assert at_nodes == ["cluster.local/ns/web/sa/web", WAYPOINT]
    assert not any("to" in rule for rule in shop["spec"]["rules"])  # nodes read no requests
    assert waypoint["spec"]["targetRefs"] == [{"group": "", "kind": "Service", "name": name} for name in ("shop", "shop-canary")]
    assert waypoint["spec"]["rules"][-1]["to"] == [{"operation": {"methods": ["GET"], "paths": ["/metrics"]}}]
    assert parts.waypoint
    assert canary["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"] == "shop-canary"


def test_whole_callers_need_no_waypoint() -> None:
    assert not authorization.render(AuthorizationSettings.model_validate({"allow": {"web": {}}}), "ambient", subject("ambient")).waypoint


TOKENS = {"issuer": "https://login.example.com", "jwksUri": "https://login.example.com/keys", "audiences": ["shop"]}


def test_tokens_are_demanded_by_what_is_refused() -> None:
    """As DENY: it counts beside `authorization`, whose ALLOW would let its callers in without one."""
    spec = JwtSettings.model_validate({**TOKENS, "claims": {"groups": ["staff", "ops"]}, "openPaths": ["/healthz"]})
    asked, denied = jwt.render(spec, "sidecar", subject("sidecar")).objects
    (rule,) = asked["spec"]["jwtRules"]
    assert rule == {
        "issuer": "https://login.example.com",
        "jwksUri": "https://login.example.com/keys",
        "audiences": ["shop"],
        "forwardOriginalToken": True,
    }
    to = [{"operation": {"notPaths": ["/healthz"]}}]
    assert denied["spec"]["action"] == "DENY"
    assert denied["spec"]["rules"] == [
        {"from": [{"source": {"notRequestPrincipals": ["https://login.example.com/*"]}}], "to": to},
        {"when": [{"key": "request.auth.claims[groups]", "notValues": ["staff", "ops"]}], "to": to},
    ]


@pytest.mark.parametrize("policy", [jwt, external_authorization])
def test_a_waypoint_that_checks_cannot_be_gone_around(policy: Any) -> None:
    """Each version's pods take connections from the waypoint alone, and the objects for it are there once."""
    said = JwtSettings.model_validate(TOKENS) if policy is jwt else ExternalAuthorizationSettings.model_validate({"service": "auth"})
    parts = policy.render(said, "ambient", behind_gateway("ambient"))
    guards = [each for each in parts.objects if each["metadata"]["name"].endswith("-by-waypoint")]
    assert [each["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"] for each in guards] == ["shop", "shop-canary"]
    assert guards[0]["spec"]["rules"] == [{"from": [{"source": {"notPrincipals": [WAYPOINT]}}]}]
    assert guards[0]["spec"]["action"] == "DENY"
    assert parts.waypoint
    twice = together(parts, policy.render(said, "ambient", behind_gateway("ambient")))
    assert len(twice.objects) == len(parts.objects)


ASKED = {"service": "auth", "path": "/check", "answerHeaders": ["x-user"], "openPaths": ["/healthz"], "failOpen": True}


def test_another_service_is_asked_under_one_name() -> None:
    """What MeshConfig calls it is what the policy names."""
    spec = ExternalAuthorizationSettings.model_validate(ASKED)
    (provider,) = external_authorization.providers({"shop": spec}, {"auth": "auth-eu"})
    (made,) = external_authorization.render(spec, "sidecar", subject("sidecar")).objects
    assert made["spec"]["provider"]["name"] == provider["name"]
    told = provider["envoyExtAuthzHttp"]
    assert (told["service"], told["port"], told["pathPrefix"]) == ("auth.auth-eu.svc.cluster.local", 80, "/check")
    assert (told["timeout"], told["failOpen"], told["headersToUpstreamOnAllow"]) == ("2s", True, ["x-user"])
    assert told["includeRequestHeadersInCheck"] == ["authorization", "cookie"]
    assert made["spec"]["rules"] == [{"to": [{"operation": {"notPaths": ["/healthz"]}}]}]


def test_another_service_is_asked_by_grpc() -> None:
    spec = ExternalAuthorizationSettings.model_validate({"service": "opa", "namespace": "policy", "port": 9191, "protocol": "grpc"})
    (provider,) = external_authorization.providers({"shop": spec}, {})
    assert provider["envoyExtAuthzGrpc"] == {"service": "opa.policy.svc.cluster.local", "port": 9191, "timeout": "2s", "failOpen": False}


@pytest.mark.parametrize(("entry", "where"), [("gateway-api", "targetRefs"), ("istio", "selector")])
def test_an_entry_asks_about_this_services_hosts_alone(entry: str, where: str) -> None:
    (made,) = external_authorization.render(ExternalAuthorizationSettings.model_validate(ASKED), entry, subject(entry)).objects
    assert where in made["spec"]
    assert made["metadata"] | {"labels": {}} == {"name": "shop-shop-external-authorization", "namespace": f"{entry}-ns", "labels": {}}
    hosts = made["spec"]["rules"][0]["to"][0]["operation"]["hosts"]
    assert hosts == ["shop.example.com", "shop.example.com:*", "www.example.com", "www.example.com:*"]
    assert made["spec"]["rules"][0]["to"][0]["operation"]["notPaths"] == ["/.well-known/acme-challenge/*", "/healthz"]


def test_an_entry_does_not_ask_a_second_time() -> None:
    parts = external_authorization.render(ExternalAuthorizationSettings.model_validate(ASKED), "gateway-api", behind_gateway("sidecar"))
    assert parts.objects == []


def test_ingress_nginx_asks_by_http() -> None:
    spec = ExternalAuthorizationSettings.model_validate({"service": "auth", "port": 4180, "path": "/check", "answerHeaders": ["x-user"]})
    told = external_authorization.render(spec, "ingress-nginx", subject("ingress-nginx")).annotations
    assert told == {
        "nginx.ingress.kubernetes.io/auth-url": "http://auth.auth.svc.cluster.local:4180/check",
        "nginx.ingress.kubernetes.io/auth-response-headers": "x-user",
    }


def test_a_script_runs_in_the_sidecars() -> None:
    script = "function envoy_on_request(h)\nend"
    (made,) = filter.render(FilterSettings.model_validate({"lua": script}), "sidecar", subject("sidecar")).objects
    config = made["spec"]["configPatches"][0]["patch"]["value"]["typed_config"]
    assert config["default_source_code"] == {"inline_string": script}


@pytest.mark.parametrize(("plane", "where"), [("sidecar", "selector"), ("ambient", "targetRefs")])
def test_a_module_runs_where_the_requests_are_read(plane: str, where: str) -> None:
    spec = FilterSettings.model_validate({"wasm": "ghcr.io/acme/filter:1.2.0", "phase": "first", "failOpen": True, "config": {"a": [1]}})
    parts = filter.render(spec, plane, subject(plane))
    (made,) = parts.objects
    assert where in made["spec"]
    said = {key: made["spec"][key] for key in ("url", "phase", "failStrategy", "pluginConfig")}
    assert said == {"url": "oci://ghcr.io/acme/filter:1.2.0", "phase": "AUTHN", "failStrategy": "FAIL_OPEN", "pluginConfig": {"a": [1]}}
    assert parts.waypoint == (plane == "ambient")


def test_a_service_calls_what_it_names_and_nothing_else_outside() -> None:
    hosts = {"api.stripe.com": {}, "*.example.org": {"protocol": "http", "port": 80}, "db.example.com": {"protocol": "tcp", "port": 25060}}
    made = egress.render(EgressSettings.model_validate({"hosts": hosts}), "sidecar", subject("sidecar", versions=(CANARY,))).objects
    entries = {each["spec"]["hosts"][0]: each["spec"] for each in of_kind("ServiceEntry", made)}
    assert entries["api.stripe.com"]["ports"] == [{"number": 443, "name": "tls", "protocol": "TLS"}]
    assert {host: spec["resolution"] for host, spec in entries.items()} == {
        "*.example.org": "NONE",
        "api.stripe.com": "DNS",
        "db.example.com": "DNS",
    }
    assert all(spec["exportTo"] == ["."] and spec["location"] == "MESH_EXTERNAL" for spec in entries.values())
    held = of_kind("Sidecar", made)
    assert [each["spec"]["workloadSelector"]["labels"]["app.kubernetes.io/name"] for each in held] == ["shop", "shop-canary"]
    assert held[0]["spec"]["outboundTrafficPolicy"] == {"mode": "REGISTRY_ONLY"}


def test_an_entry_that_leads_tcp_alone_is_let_in() -> None:
    about = subject("sidecar", entry_namespace="gateway-api", tcp=True)
    (made,) = authorization.render(AuthorizationSettings(), "sidecar", about).objects
    assert made["spec"]["rules"] == [{"from": [{"source": {"namespaces": ["shop", "gateway-api"]}}]}]
