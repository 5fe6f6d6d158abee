"""A path whose answers may take another time: it has all rules of the service, before those of the paths around it."""

from typing import Any

import pytest

from quayside.settings.stack import Settings
from quayside.settings.traffic.index import TrafficSettings
from quayside.settings.traffic.timeout import apart
from quayside.traffic.index import shape
from unit.crd_schemas import problems
from unit.examples import public
from unit.traffic.carried import CANARY, of_kind, routed, subject

TIMEOUT = {"timeout": {"request": "10s", "paths": {"/upload": "60s", "/upload/big": "120s"}}}


def at(entry: str, paths: dict[str, str] | None = None) -> dict[str, Any]:
    made = shape(subject(entry, versions=(CANARY,)), TrafficSettings.model_validate(TIMEOUT)).entry
    (route,) = of_kind({"gateway-api": "HTTPRoute", "istio": "VirtualService"}[entry], routed(entry, made, paths, (CANARY,)))
    assert problems(route) == []
    spec: dict[str, Any] = route["spec"]
    return spec


def test_an_http_route_takes_the_longest_path() -> None:
    rules = at("gateway-api")["rules"]
    said = [(rule["matches"][0]["path"]["value"], rule["timeouts"]["request"], len(rule["backendRefs"])) for rule in rules]
    assert said == [("/upload/big", "120s", 2), ("/upload", "60s", 2), ("/", "10s", 2)]


def test_a_virtual_service_takes_the_first_that_fits() -> None:
    rules = [rule for rule in at("istio")["http"] if "route" in rule]
    said = [(rule["match"][0]["uri"].get("exact"), rule["timeout"]) for rule in rules]
    assert said == [("/upload/big", "120s"), ("/upload", "60s"), (None, "10s")]
    assert all(len(rule["route"]) == 2 for rule in rules)


@pytest.mark.parametrize("mesh", ["sidecar", "ambient"])
def test_callers_inside_have_them_too(mesh: str) -> None:
    (route,) = of_kind(
        {"sidecar": "VirtualService", "ambient": "HTTPRoute"}[mesh], shape(subject(mesh), TrafficSettings.model_validate(TIMEOUT)).objects
    )
    assert problems(route) == []
    assert len(route["spec"]["http" if mesh == "sidecar" else "rules"]) == 3


@pytest.mark.parametrize(
    ("own", "paths", "found"),
    [
        ({"/a"}, {"/": "Prefix"}, [("/a", {"/a": "Prefix"})]),
        ({"/a"}, {"/a": "Prefix"}, [("/a", {"/a": "Prefix"})]),
        ({"/a"}, {"/a": "Exact"}, [("/a", {"/a": "Exact"})]),
        ({"/a"}, {"/b": "Prefix", "/ab": "Prefix"}, []),  # whole elements count
        ({"/a"}, {"/a/b": "Exact", "/a/c": "Prefix"}, [("/a", {"/a/b": "Exact", "/a/c": "Prefix"})]),
        ({"/a", "/a/b"}, {"/a/b/c": "Prefix"}, [("/a/b", {"/a/b/c": "Prefix"})]),
        ({"/a", "/a/b"}, {"/": "Prefix"}, [("/a/b", {"/a/b": "Prefix"}), ("/a", {"/a": "Prefix"})]),
        ({"/a"}, {"/a": "Exact", "/": "Prefix"}, [("/a", {"/a": "Prefix"})]),
        ({"/a"}, {"/": "Prefix", "/a": "Exact"}, [("/a", {"/a": "Prefix"})]),
    ],
)
def test_which_paths_have_a_time_of_their_own(own: set[str], paths: dict[str, str], found: list[Any]) -> None:
    assert list(apart(own, paths)) == found


def refused(timeout: dict[str, Any], entry: str = "gateway-api", paths: Any = None, **traffic: Any) -> dict[str, str]:
    said = public()
    hello = {"image": "acme/hello:1", "hosts": {"hello": {"paths": paths} if paths else {}}, "traffic": {"timeout": timeout, **traffic}}
    said["entry"], said["services"] = {"kind": entry}, {"hello": hello}
    return {".".join(each.path).removeprefix("services.hello.traffic."): each.message for each in Settings.check(said)[1]}


def test_each_is_longer_than_the_retries() -> None:
    found = refused({"request": "10s", "paths": {"/fast": "2s", "/slow": "60s"}}, retries={})
    assert list(found) == ["timeout.paths./fast"]
    assert "is 2s, and retries alone may take 3 attempts × 2s per try = 6s; write more than 6s" in found["timeout.paths./fast"]


@pytest.mark.parametrize("entry", ["ingress-nginx", "kong"])
def test_who_has_one_clock_refuses(entry: str) -> None:
    assert "one clock for all paths" in refused({"request": "10s", "paths": {"/upload": "60s"}}, entry)["timeout.paths"]


def test_a_path_that_leads_nobody_there_is_refused() -> None:
    timeout = {"request": "10s", "paths": {"/api/upload": "60s", "/upload": "60s"}}
    assert list(refused(timeout, paths={"/api": {}})) == ["timeout.paths./upload"]
    assert list(refused(timeout)) == []


def test_what_would_say_something_else_is_refused() -> None:
    assert list(refused({"request": "10s", "paths": {"/": "60s"}})) == ["timeout.paths./"]
    assert list(refused({"request": "10s", "paths": {"/upload": "60s"}}, rewrite={"prefix": "/"})) == ["timeout.paths"]
