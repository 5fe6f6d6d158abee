"""What each data plane is told of mirroring, faults, CORS, rewrites, redirects, headers, bodies and websockets."""

from typing import Any

import pytest

from quayside.settings.traffic.cors import CorsSettings
from quayside.settings.traffic.faults import FaultsSettings
from quayside.settings.traffic.headers import HeadersSettings
from quayside.settings.traffic.index import refused
from quayside.settings.traffic.max_body import MaxBodySettings
from quayside.settings.traffic.mirroring import MirroringSettings
from quayside.settings.traffic.redirects import RedirectsSettings
from quayside.settings.traffic.rewrite import RewriteSettings
from quayside.settings.traffic.websockets import WebsocketsSettings
from quayside.traffic import cors, faults, headers, max_body, mirroring, redirects, rewrite, websockets
from unit.crd_schemas import problems
from unit.traffic.carried import CANARY, of_kind, routed, subject

NGINX = "nginx.ingress.kubernetes.io/"


@pytest.mark.parametrize("plane", ["istio", "sidecar"])
def test_mirror_of_a_virtual_service(plane: str) -> None:
    spec = MirroringSettings.model_validate({"service": "shadow", "namespace": "lab", "percent": 10})
    destination = {"host": "shadow.lab.svc.cluster.local", "port": {"number": 80}}
    assert mirroring.render(spec, plane, subject(plane)).rule == {"mirrors": [{"destination": destination, "percentage": {"value": 10}}]}


@pytest.mark.parametrize("plane", ["gateway-api", "ambient"])
def test_mirror_of_an_http_route(plane: str) -> None:
    spec = MirroringSettings.model_validate({"version": "canary", "percent": 5})
    (told,) = mirroring.render(spec, plane, subject(plane)).filters
    assert told == {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "shop-canary", "port": 80}, "percent": 5}}


def test_mirror_of_ingress_nginx() -> None:
    parts = mirroring.render(MirroringSettings.model_validate({"service": "shadow", "port": 81}), "ingress-nginx", subject("ingress-nginx"))
    assert parts.annotations == {f"{NGINX}mirror-target": "http://shadow.shop.svc.cluster.local:81$request_uri"}


def test_faults_of_a_virtual_service() -> None:
    spec = FaultsSettings.model_validate({"delay": {"time": "1s500ms", "percent": 10}, "abort": {"status": 429, "percent": 1}})
    fault = faults.render(spec, "sidecar", subject("sidecar")).rule["fault"]
    assert fault == {
        "delay": {"fixedDelay": "1.5s", "percentage": {"value": 10}},
        "abort": {"httpStatus": 429, "percentage": {"value": 1}},
    }


def test_faults_of_the_gateway_api_are_told_to_the_filter_that_istio_has() -> None:
    parts = faults.render(FaultsSettings.model_validate({"delay": {"time": "2s"}}), "gateway-api", subject("gateway-api"))
    told = parts.patch["typed_per_filter_config"]["envoy.filters.http.fault"]
    assert (told["delay"]["fixed_delay"], told["delay"]["percentage"]) == ("2s", {"numerator": 100, "denominator": "HUNDRED"})
    assert "abort" not in told


ONE_SITE = {"origins": ["https://shop.example.com", "https://*.example.org"], "headers": ["Content-Type"], "credentials": True}


def test_cors_of_a_virtual_service_knows_what_an_asterisk_stands_for() -> None:
    policy = cors.render(CorsSettings.model_validate(ONE_SITE), "istio", subject("istio")).rule["corsPolicy"]
    assert policy["allowOrigins"] == [{"exact": "https://shop.example.com"}, {"regex": r"https://([-a-z0-9]+\.)+example\.org"}]
    assert (policy["allowMethods"], policy["allowCredentials"], policy["maxAge"]) == (["GET", "HEAD", "POST"], True, "3600s")


def test_cors_of_an_http_route() -> None:
    (told,) = cors.render(CorsSettings.model_validate(ONE_SITE), "gateway-api", subject("gateway-api")).filters
    assert told["cors"]["allowOrigins"] == ["https://shop.example.com", "https://*.example.org"]
    assert (told["type"], told["cors"]["allowCredentials"], told["cors"]["maxAge"]) == ("CORS", True, 3600)


@pytest.mark.parametrize("said", [{"origins": ["*"]}, ONE_SITE])
def test_cors_names_headers_where_none_would_be_many(said: dict[str, Any]) -> None:
    """ingress-nginx and Kong allow more than nothing where nothing is said, and ingress-nginx cookies."""
    spec = CorsSettings.model_validate(said)
    wanted = "Content-Type" if spec.headers else "Accept"
    annotations = cors.render(spec, "ingress-nginx", subject("ingress-nginx")).annotations
    assert annotations[f"{NGINX}cors-allow-headers"] == wanted
    assert annotations[f"{NGINX}cors-allow-credentials"] == str(spec.credentials).lower()
    (plugin,) = cors.render(spec, "kong", subject("kong")).objects
    assert (plugin["plugin"], plugin["config"]["headers"]) == ("cors", [wanted])


def test_cors_of_kong_is_a_regular_expression_with_both_ends() -> None:
    (plugin,) = cors.render(CorsSettings.model_validate(ONE_SITE), "kong", subject("kong")).objects
    assert plugin["config"]["origins"] == ["https://shop.example.com", r"^https://([-a-z0-9]+\.)+example\.org$"]


@pytest.mark.parametrize(
    ("path", "prefix", "asked", "becomes"),
    [("/api", "/", "/api/orders", "/orders"), ("/api", "/v1", "/api/orders", "/v1/orders"), ("/", "/v1", "/orders", "/v1/orders")],
)
def test_prefixes_of_a_virtual_service_leave_no_double_slash(path: str, prefix: str, asked: str, becomes: str) -> None:
    """Istio puts letters in place of letters: what it matches, by what it is told."""
    parts = rewrite.render(RewriteSettings.model_validate({"prefix": prefix}), "istio", subject("istio"))
    (route,) = of_kind("VirtualService", routed("istio", parts, {path: "Prefix"}))
    rule = next(each for each in route["spec"]["http"] if "route" in each)
    matched = next(each["uri"]["prefix"] for each in rule["match"] if asked.startswith(each["uri"].get("prefix", "-")))
    assert rule["rewrite"]["uri"] + asked.removeprefix(matched) == becomes


def test_rewrites_of_an_http_route() -> None:
    (told,) = rewrite.render(
        RewriteSettings.model_validate({"prefix": "/", "host": "inner.example.com"}), "gateway-api", subject("gateway-api")
    ).filters
    path = {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}
    assert told == {"type": "URLRewrite", "urlRewrite": {"hostname": "inner.example.com", "path": path}}


def test_a_rewritten_prefix_has_a_rule_for_each_path() -> None:
    """The Gateway API's rules in CEL: with ReplacePrefixMatch, exactly one match, of type PathPrefix."""
    parts = rewrite.render(RewriteSettings.model_validate({"prefix": "/"}), "gateway-api", subject("gateway-api"))
    (route,) = of_kind("HTTPRoute", routed("gateway-api", parts, {"/api": "Prefix", "/v2": "Prefix"}))
    assert [[match["path"]["value"] for match in rule["matches"]] for rule in route["spec"]["rules"]] == [["/api"], ["/v2"]]


def test_rewrites_of_kong() -> None:
    parts = rewrite.render(RewriteSettings.model_validate({"prefix": "/v1", "host": "inner.example.com"}), "kong", subject("kong"))
    assert parts.annotations == {"konghq.com/strip-path": "true"}
    assert parts.service_annotations == {"konghq.com/path": "/v1", "konghq.com/host-header": "inner.example.com"}


MOVED = {"paths": {"/old": {"to": "/new", "code": 308}, "/blog": {"to": "https://blog.example.com:8443/home"}}}


def test_redirects_of_an_http_route_come_beside_what_leads_to_the_service() -> None:
    parts = redirects.render(RedirectsSettings.model_validate(MOVED), "gateway-api", subject("gateway-api"))
    (route,) = of_kind("HTTPRoute", routed("gateway-api", parts))
    assert problems(route) == []
    blog, old, service = route["spec"]["rules"]
    assert blog["matches"] == [{"path": {"type": "Exact", "value": "/blog"}}]
    assert blog["filters"][0]["requestRedirect"] == {
        "scheme": "https",
        "hostname": "blog.example.com",
        "port": 8443,
        "path": {"type": "ReplaceFullPath", "replaceFullPath": "/home"},
        "statusCode": 302,
    }
    assert old["filters"][0]["requestRedirect"]["statusCode"] == 308
    assert "backendRefs" not in old and "backendRefs" in service


def test_redirects_of_a_virtual_service_come_first() -> None:
    parts = redirects.render(RedirectsSettings.model_validate(MOVED), "istio", subject("istio"))
    (route,) = of_kind("VirtualService", routed("istio", parts))
    assert problems(route) == []
    found = [each for each in route["spec"]["http"] if "uri" in each["match"][0]]
    assert found[0]["redirect"] == {"uri": "/home", "redirectCode": 302, "scheme": "https", "authority": "blog.example.com:8443"}
    assert found[1]["redirect"] == {"uri": "/new", "redirectCode": 308}
    assert "route" in found[2]


def test_redirects_of_an_ingress_have_one_each() -> None:
    """Of the same host by a whole address: an Ingress for each host. Elsewhere: one for all hosts."""
    made = redirects.render(RedirectsSettings.model_validate(MOVED), "ingress-nginx", subject("ingress-nginx")).objects
    told = {
        each["metadata"]["annotations"][f"{NGINX}permanent-redirect"]: [rule["host"] for rule in each["spec"]["rules"]] for each in made
    }
    assert told == {
        "https://shop.example.com/new": ["shop.example.com"],
        "https://www.example.com/new": ["www.example.com"],
        "https://blog.example.com:8443/home": ["shop.example.com", "www.example.com"],
    }
    assert {each["spec"]["ingressClassName"] for each in made} == {"nginx"}
    assert len({each["metadata"]["name"] for each in made}) == len(made)


def test_paths_that_lead_to_one_place_have_one_rule() -> None:
    """An HTTPRoute has room for 16 rules, and for 64 matches in each."""
    many = {"paths": {f"/{number}": {"to": "/new"} for number in range(64)} | {"/a": {"to": "/new", "code": 301}}}
    spec = RedirectsSettings.model_validate(many)
    assert not refused("redirects", spec, "gateway-api")
    (route,) = of_kind("HTTPRoute", routed("gateway-api", redirects.render(spec, "gateway-api", subject("gateway-api"))))
    assert problems(route) == []
    assert [len(rule["matches"]) for rule in route["spec"]["rules"]] == [64, 1, 1]
    for more in (
        {"paths": {f"/{number}": {"to": f"/to/{number}"} for number in range(11)}},
        {"paths": {**many["paths"], "/b": {"to": "/new"}}},
    ):
        assert [key for key, _ in refused("redirects", RedirectsSettings.model_validate(more), "gateway-api")] == ["paths"]
        assert not refused("redirects", RedirectsSettings.model_validate(more), "istio")


def test_redirects_of_kong_have_a_plugin_each() -> None:
    made = redirects.render(RedirectsSettings.model_validate(MOVED), "kong", subject("kong")).objects
    plugins = {each["metadata"]["name"]: each for each in of_kind("KongPlugin", made)}
    assert all(problems(each) == [] for each in plugins.values())
    for each in of_kind("Ingress", made):
        assert plugins[each["metadata"]["annotations"]["konghq.com/plugins"]]["plugin"] == "redirect"


EDITS = {
    "response": {"set": {"X-Frame-Options": "DENY", "Strict-Transport-Security": "max-age=60"}, "remove": ["X-Runtime"]},
    "request": {"add": {"X-Via": "edge"}},
}


@pytest.mark.parametrize("entry", ["gateway-api", "istio"])
def test_headers_stand_beside_the_entrys_own(entry: str) -> None:
    """The service's word counts where both say something of a header."""
    parts = headers.render(HeadersSettings.model_validate(EDITS), entry, subject(entry))
    kind = {"gateway-api": "HTTPRoute", "istio": "VirtualService"}[entry]
    (route,) = of_kind(kind, routed(entry, parts))
    assert problems(route) == []
    if entry == "istio":
        rule = next(each for each in route["spec"]["http"] if "route" in each)
        said, removed = rule["headers"]["response"]["set"], rule["headers"]["response"]["remove"]
        assert rule["headers"]["request"]["add"] == {"x-via": "edge"}
    else:
        edits = {each["type"]: each for each in route["spec"]["rules"][0]["filters"]}
        assert len(edits) == len(route["spec"]["rules"][0]["filters"])  # CEL: each once
        modifier = edits["ResponseHeaderModifier"]["responseHeaderModifier"]
        said = {each["name"].lower(): each["value"] for each in modifier["set"]}
        removed = [each.lower() for each in modifier["remove"]]
        assert {"name": "X-Via", "value": "edge"} in edits["RequestHeaderModifier"]["requestHeaderModifier"]["add"]
    assert said == {"x-content-type-options": "nosniff", "x-frame-options": "DENY", "strict-transport-security": "max-age=60"}
    assert {"x-powered-by", "x-runtime"} <= set(removed)


def test_what_a_service_removes_the_entry_does_not_set() -> None:
    spec = HeadersSettings.model_validate({"response": {"remove": ["Strict-Transport-Security"]}})
    (route,) = of_kind("VirtualService", routed("istio", headers.render(spec, "istio", subject("istio"))))
    edits = next(each for each in route["spec"]["http"] if "route" in each)["headers"]["response"]
    assert "strict-transport-security" not in edits["set"]
    assert "strict-transport-security" in edits["remove"]


def test_headers_of_kong_are_set_whether_they_are_there_or_not() -> None:
    parts = headers.render(HeadersSettings.model_validate(EDITS), "kong", subject("kong"))
    plugins = {each["plugin"]: each["config"] for each in parts.objects}
    assert set(plugins["response-transformer"]["replace"]["headers"]) <= set(plugins["response-transformer"]["add"]["headers"])
    assert plugins["response-transformer"]["remove"] == {"headers": ["X-Powered-By", "X-Runtime"]}  # ours, and the service's
    assert plugins["request-transformer"] == {"append": {"headers": ["X-Via:edge"]}}
    assert sorted(parts.plugins) == ["shop-request-headers", "shop-response-headers"]


def test_bodies_are_counted_in_bytes() -> None:
    spec = MaxBodySettings.model_validate({"size": "1.5Mi"})
    assert max_body.render(spec, "ingress-nginx", subject("ingress-nginx")).annotations == {f"{NGINX}proxy-body-size": "1572864"}
    (plugin,) = max_body.render(spec, "kong", subject("kong")).objects
    assert plugin["config"] == {"allowed_payload_size": 1572864, "size_unit": "bytes"}


def test_bodies_at_the_pods_of_every_version() -> None:
    made = max_body.render(MaxBodySettings.model_validate({"size": "1Mi"}), "sidecar", subject("sidecar", versions=(CANARY,))).objects
    assert [each["spec"]["workloadSelector"]["labels"]["app.kubernetes.io/name"] for each in made] == ["shop", "shop-canary"]
    assert {each["spec"]["configPatches"][0]["match"]["context"] for each in made} == {"SIDECAR_INBOUND"}


def test_bodies_at_an_istio_entry_are_held_for_this_service_alone() -> None:
    parts = max_body.render(MaxBodySettings.model_validate({"size": "1Mi"}), "gateway-api", subject("gateway-api"))
    value = parts.patches[0]["patch"]["value"]
    assert value["disabled"] is True
    assert parts.patch["typed_per_filter_config"][value["name"]]["buffer"] == {"max_request_bytes": 2**20}


def test_websockets_may_be_silent() -> None:
    spec = WebsocketsSettings.model_validate({"idle": "2h"})
    assert set(websockets.render(spec, "ingress-nginx", subject("ingress-nginx")).annotations.values()) == {"7200"}
    assert set(websockets.render(spec, "kong", subject("kong")).service_annotations.values()) == {"7200000"}
    assert websockets.render(spec, "istio", subject("istio")).destination["connectionPool"]["http"] == {"h2UpgradePolicy": "DO_NOT_UPGRADE"}
