"""What an HTTPRoute has no room for is refused with the arithmetic, which is that of the routes themselves."""

from itertools import product
from typing import Any

import pytest

from quayside.edge.gateway_api_routes import filters
from quayside.edge.sticky import cookies_pattern
from quayside.settings.hosts import EVERYWHERE
from quayside.settings.service import ServiceSettings
from quayside.settings.stack import Settings
from quayside.settings.traffic.headers import OURS
from quayside.settings.traffic.room import rules
from quayside.settings.traffic.rules import traffic_of
from quayside.settings.versions_rules import length_of_cookies
from quayside.traffic.envoy_filters import patched
from quayside.traffic.index import shape
from quayside.workloads import version_specs
from unit.examples import public
from unit.traffic.carried import of_kind, routed, subject

IMAGE = "acme/shop:2"
PATHS: list[dict[str, str]] = [EVERYWHERE, {"/api": "Prefix", "/health": "Exact", "/api/v2": "Prefix"}]
VERSIONS: list[dict[str, Any]] = [
    {},
    {"canary": {"image": IMAGE, "weight": 10, "sticky": True, "match": {"headers": {"x-group": "beta"}}}},
    {"canary": {"image": IMAGE, "weight": 10, "sticky": True, "verdict": "promote"}},
    {"variants": {"b": {"weight": 50, "sticky": True}, "c": {"weight": 50, "match": {"users": ["ada", "grace"], "userHeader": "x-user"}}}},
]
TRAFFIC: list[dict[str, Any]] = [
    {},
    {"profile": "base"},
    {"retries": {"attempts": 1}, "timeout": {"request": "10s", "paths": {"/api/up": "60s", "/api": "20s"}}},
    {"rewrite": {"prefix": "/"}},
    {"rewrite": {"prefix": "/"}, "retries": {}, "redirects": {"paths": {"/old": {"to": "/new"}, "/older": {"to": "/new"}}}},
]


def problems(entry: str = "gateway-api", mesh: str = "off", **service: Any) -> dict[str, str]:
    said = public()
    said["entry"], said["mesh"], said["services"] = {"kind": entry}, {"mode": mesh}, {"shop": {"image": "acme/shop:1", **service}}
    found = {".".join(each.path): each.message for each in Settings.check(said)[1]}
    return {key.removeprefix("services.shop."): message for key, message in found.items() if key.startswith("services.shop.")}


@pytest.mark.parametrize(("paths", "versions", "traffic"), list(product(PATHS, VERSIONS, TRAFFIC)))
def test_the_arithmetic_is_that_of_the_routes(paths: dict[str, str], versions: dict[str, Any], traffic: dict[str, Any]) -> None:
    service = {"image": "acme/shop:1", "traffic": traffic, **versions}
    spec = ServiceSettings.model_validate(service)
    told = spec.model_dump(by_alias=True)
    shares = version_specs.shares("shop", spec)
    at_entry = subject("gateway-api", versions=shares)
    made = shape(at_entry, spec.traffic).entry
    (route,) = of_kind("HTTPRoute", patched(routed("gateway-api", made, paths, shares), made, at_entry))
    sizes, _ = rules(told, traffic_of(told), "gateway-api", paths)
    assert sorted(sizes) == sorted(len(each["matches"]) for each in route["spec"]["rules"])


@pytest.mark.parametrize(
    ("users", "paths", "entry", "mesh", "traffic", "fits"),
    [
        (64, 0, "gateway-api", "off", {}, True),
        (65, 0, "gateway-api", "off", {}, False),
        (33, 2, "gateway-api", "off", {}, False),
        (33, 2, "istio", "ambient", {}, True),
        (65, 0, "istio", "ambient", {}, False),
        (65, 2, "istio", "sidecar", {}, True),
        (33, 0, "gateway-api", "off", {"profile": "base"}, False),  # retries have rules of their own for POST and PATCH
        (33, 0, "gateway-api", "off", {"cors": {"origins": ["*"]}}, True),
    ],
)
def test_so_many_users(users: int, paths: int, entry: str, mesh: str, traffic: Any, fits: bool) -> None:
    match = {"users": [f"u{number}" for number in range(users)], "userHeader": "x-user"}
    hosts = {"shop": {"paths": {f"/{number}": {} for number in range(paths)}}}
    found = problems(entry, mesh, hosts=hosts, canary={"image": IMAGE, "match": match}, traffic=traffic)
    assert list(found) == ([] if fits else ["canary.match.users"])


def test_each_path_of_a_prefix_that_is_replaced_has_a_rule() -> None:
    hosts = {"shop": {"paths": {f"/{number}": {} for number in range(6)}}}
    found = problems(hosts=hosts, traffic={"rewrite": {"prefix": "/"}, "retries": {}})
    assert list(found) == ["hosts.shop.paths"]
    assert found["hosts.shop.paths"].startswith("come to 18 rules, and an HTTPRoute has room for 16 (6 paths, a rule for each of these (")
    assert not problems(hosts=hosts, traffic={"rewrite": {"prefix": "/"}})
    assert not problems("istio", hosts=hosts, traffic={"rewrite": {"prefix": "/"}, "retries": {}})


def test_paths_alone_can_be_too_many() -> None:
    found = problems(hosts={"shop": {"paths": {f"/{number}": {} for number in range(65)}}})
    assert "come to 65 conditions of one rule" in found["hosts.shop.paths"]


def test_versions_are_at_most_sixteen() -> None:
    variants = {f"v{number}": {"weight": 1} for number in range(16)}
    assert list(problems(hosts={"shop": {}}, variants=variants)) == ["variants"]
    assert not problems(hosts={"shop": {}}, variants=dict(list(variants.items())[1:]))


def test_conditions_of_one_match() -> None:
    def found(**match: Any) -> list[str]:
        return list(problems("istio", hosts={"shop": {}}, canary={"image": IMAGE, "match": match}))

    headers = {f"x-{number}": "1" for number in range(16)}
    assert found(headers=headers) == []
    assert found(headers=headers, cookies={"a": "1"}) == ["canary.match.headers"]
    assert found(query={**headers, "more": "1"}) == ["canary.match.query"]
    assert found(cookies={f"c{number}": "1" for number in range(4)}) == []
    assert found(cookies={f"c{number}": "1" for number in range(6)}) == ["canary.match.cookies"]


@pytest.mark.parametrize("cookies", [{"a": "1"}, {"a.b": "1", "c": "x+y"}, {"a": "1", "b": "2", "c": "3"}])
def test_the_length_of_cookies_is_that_of_their_pattern(cookies: dict[str, str]) -> None:
    assert length_of_cookies(cookies) == len(cookies_pattern(cookies)["regex"])


def test_edits_of_headers_have_room_beside_the_entrys_own() -> None:
    many = {f"X-{number}": "1" for number in range(15)}
    assert (
        "are 17 (with 2 of the entry's own)"
        in problems(hosts={"shop": {}}, traffic={"headers": {"response": {"set": many}}})["traffic.headers.response.set"]
    )
    assert not problems(hosts={"shop": {}}, traffic={"headers": {"request": {"set": many}}})
    assert not problems("istio", hosts={"shop": {}}, traffic={"headers": {"response": {"set": many}}})
    for each in filters(secure=True):
        edits = next(value for key, value in each.items() if key != "type")
        kind = each["type"].removesuffix("HeaderModifier").lower()
        assert OURS[kind]["set"] == {one["name"].lower() for one in edits["set"]}
        assert OURS[kind].get("remove", frozenset()) == {one.lower() for one in edits.get("remove", ())}


def test_origins_have_room() -> None:
    origins = [f"https://{number}.example.com" for number in range(65)]
    assert list(problems(hosts={"shop": {}}, traffic={"cors": {"origins": origins}})) == ["traffic.cors.origins"]
