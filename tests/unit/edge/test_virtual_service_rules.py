"""Rules of VirtualServices: which requests are led where, asked as Istio asks them."""

import re
from typing import Any

import pytest

from quayside.edge.contract import Exposure, Match, Parts, Version
from quayside.edge.virtual_service_rules import http_rules, ordered, path_matches


def exposure(*versions: Version, **more: Any) -> Exposure:
    return Exposure("shop", "shops", 80, {}, versions=versions, **more)


def asked(rules: list[dict[str, Any]], path: str = "/", headers: dict[str, str] | None = None, query: str = "") -> list[dict[str, Any]]:
    """The destinations to which Istio leads a request: of the first rule that fits."""
    parameters = dict(each.split("=") for each in query.split("&") if each)
    for rule in rules:
        for match in rule.get("match", [{}]):
            fits = [
                _fits(match.get("uri", {"prefix": "/"}), path),
                *(_fits(want, (headers or {}).get(name, "")) for name, want in match.get("headers", {}).items()),
                *(_fits(want, parameters.get(name, "")) for name, want in match.get("queryParams", {}).items()),
            ]
            if all(fits):
                return list(rule["route"])
    return []


def _fits(want: dict[str, str], value: str) -> bool:
    ((how, text),) = want.items()
    return {"exact": value == text, "prefix": value.startswith(text), "regex": bool(re.fullmatch(text, value))}[how]


def services(destinations: list[dict[str, Any]]) -> dict[str, int]:
    return {each["destination"]["host"]: each.get("weight", 100) for each in destinations}


@pytest.mark.parametrize(
    ("path", "led"), [("/api", True), ("/api/", True), ("/api/x", True), ("/apix", False), ("/ap", False), ("/", False), ("/x/api", False)]
)
@pytest.mark.parametrize("written", ["/api", "/api/"])
def test_a_prefix_is_one_of_whole_elements(written: str, path: str, led: bool) -> None:
    assert bool(asked(http_rules(exposure(), {written: "Prefix"}), path)) is led


def test_an_exact_path_is_itself_alone() -> None:
    rules = http_rules(exposure(), {"/api": "Exact"})
    assert asked(rules, "/api")
    assert not asked(rules, "/api/")


def test_all_paths_are_one_match() -> None:
    assert path_matches("/", "Prefix") == [{"prefix": "/"}]


def test_the_more_specific_path_comes_first() -> None:
    paths = {"/": "Prefix", "/api": "Prefix", "/api/v2": "Prefix", "/a": "Exact"}
    assert [path for path, _ in ordered(paths)] == ["/a", "/api/v2", "/api", "/"]


def test_a_service_without_versions_has_one_destination_without_a_weight() -> None:
    (rule,) = http_rules(exposure())
    assert rule == {"match": [{"uri": {"prefix": "/"}}], "route": [{"destination": {"host": "shop", "port": {"number": 80}}}]}


def test_requests_are_shared_out_by_weight() -> None:
    rules = http_rules(exposure(Version("canary", "shop-canary", 10), Version("b", "shop-b", 20)))
    assert services(asked(rules)) == {"shop": 70, "shop-canary": 10, "shop-b": 20}


def test_a_version_with_all_requests_is_the_only_destination() -> None:
    assert services(asked(http_rules(exposure(Version("canary", "shop-canary", 100))))) == {"shop-canary": 100}


def test_a_version_without_a_share_gets_nothing() -> None:
    assert services(asked(http_rules(exposure(Version("canary", "shop-canary", 0))))) == {"shop": 100}


def test_what_a_request_says_counts_before_weights() -> None:
    matches = (Match({"X-Group": "beta"}, {"group": "beta"}), Match(query={"v": "2"}))
    rules = http_rules(exposure(Version("canary", "shop-canary", 10, matches)))
    assert services(asked(rules, headers={"x-group": "beta", "cookie": "a=b; group=beta"})) == {"shop-canary": 100}
    assert services(asked(rules, query="v=2")) == {"shop-canary": 100}
    assert services(asked(rules, headers={"x-group": "beta"})) == {"shop": 90, "shop-canary": 10}


def test_a_client_stays_with_its_version() -> None:
    rules = http_rules(exposure(Version("canary", "shop-canary", 10, sticky=True)))
    given = {each["destination"]["host"]: each["headers"]["response"]["add"]["set-cookie"] for each in asked(rules)}
    for service, cookie in given.items():
        assert services(asked(rules, headers={"cookie": cookie.partition(";")[0]})) == {service: 100}


def test_fields_of_policies_stand_on_each_rule_and_win_over_the_entrys() -> None:
    parts = Parts(rule={"timeout": "5s", "headers": {"response": {"set": {"x-content-type-options": "off"}}}})
    own = {"headers": {"response": {"set": {"x-content-type-options": "nosniff", "a": "b"}}}}
    rules = http_rules(exposure(Version("canary", "shop-canary", 0, (Match({"a": "b"}),)), parts=parts), fields=own)
    assert [rule["timeout"] for rule in rules] == ["5s", "5s"]
    assert rules[0]["headers"]["response"]["set"] == {"x-content-type-options": "off", "a": "b"}


def test_what_answers_itself_leads_nowhere() -> None:
    (rule,) = http_rules(exposure(parts=Parts(rule={"directResponse": {"status": 503}})))
    assert "route" not in rule


def test_rules_of_policies_are_asked_first() -> None:
    first = {"match": [{"uri": {"exact": "/old"}}], "redirect": {"uri": "/new"}}
    assert http_rules(exposure(parts=Parts(rules=[first])))[0] == first


def test_a_service_elsewhere_is_named_in_full() -> None:
    from unit.recorder import value_of

    (rule,) = http_rules(exposure(service_namespace="apps"))
    assert value_of(rule["route"][0]["destination"]["host"]) == "shop.apps.svc.cluster.local"
