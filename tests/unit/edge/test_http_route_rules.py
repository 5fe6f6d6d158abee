"""Rules of HTTPRoutes and GRPCRoutes: paths × versions × weights, and the filters that entries and policies add."""

import re
from typing import Any

from quayside.edge.contract import Exposure, Match, Parts, Version
from quayside.edge.http_route_rules import grpc_rules, http_rules, merged, speaks_grpc_only
from unit.crd_schemas import problems

CANARY = Version("canary", "shop-canary", weight=10)


def exposure(**more: Any) -> Exposure:
    return Exposure(**{"service": "shop", "namespace": "shop", "port": 80, "hosts": {"shop.example.com": {"/": "Prefix"}}, **more})


def sound(rules: list[dict[str, Any]], kind: str = "HTTPRoute") -> list[dict[str, Any]]:
    """The rules, after a look whether the real definition allows them."""
    spec = {"parentRefs": [{"name": "gateway"}], "rules": rules}
    found = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": kind, "metadata": {"name": "shop", "namespace": "shop"}, "spec": spec}
    assert problems(found) == []
    return rules


def test_one_service_one_rule() -> None:
    assert sound(http_rules(exposure())) == [
        {"matches": [{"path": {"type": "PathPrefix", "value": "/"}}], "backendRefs": [{"name": "shop", "port": 80}]}
    ]


def test_paths_are_alternatives_of_one_rule() -> None:
    (rule,) = sound(http_rules(exposure(), {"/api": "Prefix", "/health": "Exact"}))
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/api"}}, {"path": {"type": "Exact", "value": "/health"}}]


def test_weights_are_shared_out_between_services() -> None:
    (rule,) = sound(http_rules(exposure(versions=(CANARY,))))
    assert rule["backendRefs"] == [{"name": "shop", "port": 80, "weight": 90}, {"name": "shop-canary", "port": 80, "weight": 10}]


def test_who_has_all_has_no_weight_and_who_has_none_is_not_there() -> None:
    (rule,) = http_rules(exposure(versions=(Version("green", "shop-green", weight=100),)))
    assert rule["backendRefs"] == [{"name": "shop-green", "port": 80}]
    (rule,) = http_rules(exposure(versions=(Version("green", "shop-green"),)))
    assert rule["backendRefs"] == [{"name": "shop", "port": 80}]


def test_what_a_request_names_is_asked_for_on_every_path() -> None:
    match = Match(headers={"x-group": "beta"}, query={"preview": "1"})
    named, rest = sound(http_rules(exposure(versions=(Version("beta", "shop-beta", matches=(match,)),)), {"/": "Prefix", "/api": "Prefix"}))
    assert [each["path"]["value"] for each in named["matches"]] == ["/", "/api"]
    assert all(each["headers"] == [{"type": "Exact", "name": "x-group", "value": "beta"}] for each in named["matches"])
    assert all(each["queryParams"] == [{"type": "Exact", "name": "preview", "value": "1"}] for each in named["matches"])
    assert named["backendRefs"] == [{"name": "shop-beta", "port": 80}]
    assert rest["backendRefs"] == [{"name": "shop", "port": 80}]


def test_a_cookie_is_found_among_others() -> None:
    version = Version("beta", "shop-beta", matches=(Match(cookies={"group": "beta"}),))
    (header,) = sound(http_rules(exposure(versions=(version,))))[0]["matches"][0]["headers"]
    assert (header["type"], header["name"]) == ("RegularExpression", "cookie")
    assert re.fullmatch(header["value"], "a=1; group=beta; b=2")
    assert not re.fullmatch(header["value"], "a=1; group=beta2")


def test_who_was_led_by_weight_is_told_and_stays() -> None:
    main, canary, rest = sound(http_rules(exposure(versions=(Version("canary", "shop-canary", weight=10, sticky=True),))))
    assert [each["backendRefs"][0]["name"] for each in (main, canary)] == ["shop", "shop-canary"]
    for rule, backend in zip((main, canary), rest["backendRefs"], strict=True):
        told = backend["filters"][0]["responseHeaderModifier"]["add"][0]
        assert told["name"] == "Set-Cookie"
        assert re.fullmatch(rule["matches"][0]["headers"][0]["value"], told["value"].partition(";")[0])


def test_services_of_another_namespace_are_named_with_it() -> None:
    (rule,) = sound(http_rules(exposure(service_namespace="backend", versions=(CANARY,))))
    assert {each["namespace"] for each in rule["backendRefs"]} == {"backend"}


def test_policies_add_to_every_rule_and_come_first_with_rules_of_their_own() -> None:
    redirect = {"filters": [{"type": "RequestRedirect", "requestRedirect": {"statusCode": 301, "hostname": "new.example.com"}}]}
    parts = Parts(rule={"timeouts": {"request": "10s"}}, rules=[redirect])
    first, named, rest = sound(http_rules(exposure(parts=parts, versions=(Version("b", "shop-b", matches=(Match({"x": "1"}),)),))))
    assert first == redirect
    assert named["timeouts"] == rest["timeouts"] == {"request": "10s"}


def test_what_redirects_leads_nowhere_else() -> None:
    parts = Parts(filters=[{"type": "RequestRedirect", "requestRedirect": {"hostname": "new.example.com"}}])
    (rule,) = sound(http_rules(exposure(parts=parts)))
    assert "backendRefs" not in rule


def test_edits_of_headers_become_one_filter_and_the_services_own_win() -> None:
    def edits(**fields: Any) -> dict[str, Any]:
        return {"type": "ResponseHeaderModifier", "responseHeaderModifier": fields}

    ours = edits(set=[{"name": "X-Frame", "value": "no"}, {"name": "X-Ours", "value": "1"}], remove=["Server"])
    theirs = edits(set=[{"name": "x-frame", "value": "yes"}], add=[{"name": "server", "value": "shop"}])
    assert merged([ours], [theirs]) == [
        edits(set=[{"name": "X-Ours", "value": "1"}, {"name": "x-frame", "value": "yes"}], add=[{"name": "server", "value": "shop"}])
    ]
    assert ours["responseHeaderModifier"]["remove"] == ["Server"]


def test_mirrors_stay_apart() -> None:
    mirror = {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "shadow", "port": 80}}}
    assert merged([mirror], [mirror]) == [mirror, mirror]


def test_grpc_has_a_route_of_its_own_as_far_as_that_goes() -> None:
    plain = exposure(protocol="grpc", versions=(CANARY,))
    assert speaks_grpc_only(plain)
    (rule,) = sound(grpc_rules(plain), "GRPCRoute")
    assert "matches" not in rule
    assert not speaks_grpc_only(exposure())
    assert not speaks_grpc_only(plain, {"/shop.Cart": "Prefix"})
    assert not speaks_grpc_only(exposure(protocol="grpc", parts=Parts(rule={"timeouts": {"request": "1s"}})))
    assert not speaks_grpc_only(exposure(protocol="grpc", parts=Parts(filters=[{"type": "URLRewrite", "urlRewrite": {}}])))
    assert not speaks_grpc_only(exposure(protocol="grpc", versions=(Version("b", "shop-b", matches=(Match(query={"a": "1"}),)),)))


def test_grpc_versions_are_named_by_metadata() -> None:
    version = Version("beta", "shop-beta", matches=(Match(headers={"x-group": "beta"}),))
    named, rest = sound(grpc_rules(exposure(protocol="grpc", versions=(version,))), "GRPCRoute")
    assert named["matches"] == [{"headers": [{"type": "Exact", "name": "x-group", "value": "beta"}]}]
    assert rest["backendRefs"] == [{"name": "shop", "port": 80}]
