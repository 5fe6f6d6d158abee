"""Patches of what an entry's proxies make of a service's routes."""

from collections.abc import Iterator
from typing import Any

import pulumi

from quayside.settings.traffic.index import TrafficSettings
from quayside.traffic.contract import Planes
from quayside.traffic.envoy_filters import patched
from quayside.traffic.index import shape
from unit.crd_schemas import problems
from unit.traffic.carried import of_kind, routed, subject


def at_entry(plane: str, said: dict[str, Any], **more: Any) -> tuple[Any, list[dict[str, Any]]]:
    """The EnvoyFilter, and the routes beside it."""
    about = subject(plane, **more)
    shaped = shape(about, TrafficSettings.model_validate(said))
    made = patched(routed(plane, shaped.entry), shaped.entry, about)
    assert [each for one in made for each in problems(one)] == []
    (filter_,) = of_kind("EnvoyFilter", made)
    return filter_, of_kind("HTTPRoute" if plane == "gateway-api" else "VirtualService", made)


def names(patch: dict[str, Any]) -> str:
    return str(patch["match"]["routeConfiguration"]["vhost"]["route"]["name"])


def test_retries_of_the_gateway_api() -> None:
    filter_, (route,) = at_entry("gateway-api", {"retries": {}})
    assert filter_["metadata"]["namespace"] == "gateway-api-ns"
    assert filter_["spec"]["targetRefs"] == [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "gateway"}]
    policies = {names(each): each["patch"]["value"]["route"]["retry_policy"] for each in filter_["spec"]["configPatches"]}
    unsafe, others = route["spec"]["rules"]
    assert policies[others["name"]] == {
        "retry_on": "connect-failure,refused-stream,reset,retriable-status-codes",
        "num_retries": 3,
        "per_try_timeout": "2s",
        "retriable_status_codes": [503],
    }
    assert [each["method"] for each in unsafe["matches"]] == ["PATCH", "POST"]
    assert policies[unsafe["name"]] == {"retry_on": "retriable-headers", "num_retries": 1}


def test_no_patch_says_nothing() -> None:
    """Istio merges as protobuf does: what is zero or empty in a patch leaves what is there."""
    for said in (
        {"retries": {}},
        {"retries": {}, "rateLimit": {"requests": 5}, "maxBody": {"size": "1Mi"}, "faults": {"abort": {"percent": 1}}},
    ):
        filter_, _ = at_entry("gateway-api", said)
        assert [value for each in filter_["spec"]["configPatches"] for value in _merged(each["patch"]["value"]) if not value] == []


def _merged(value: Any) -> Iterator[Any]:
    """All that is merged field by field; what carries its type is taken as a whole."""
    for each in value.values() if isinstance(value, dict) and "@type" not in value else ():
        yield each
        yield from _merged(each)


def test_every_method_has_one_rule() -> None:
    filter_, (route,) = at_entry("gateway-api", {"retries": {"idempotentOnly": False}})
    (rule,) = route["spec"]["rules"]
    assert [names(each) for each in filter_["spec"]["configPatches"]] == [rule["name"]]


def test_redirects_are_left_alone() -> None:
    filter_, (route,) = at_entry("gateway-api", {"retries": {}, "redirects": {"paths": {"/old": {"to": "/new"}}}})
    redirect = next(each for each in route["spec"]["rules"] if "backendRefs" not in each)
    assert "name" not in redirect
    assert len(filter_["spec"]["configPatches"]) == 2


def test_rate_limit_at_the_entry() -> None:
    filter_, (route,) = at_entry("istio", {"rateLimit": {"requests": 5, "client": True}})
    assert filter_["spec"]["workloadSelector"] == {"labels": {"istio": "ingress"}}
    inserted, of_route = filter_["spec"]["configPatches"]
    name = inserted["patch"]["value"]["name"]
    limit = of_route["patch"]["value"]["typed_per_filter_config"][name]
    assert limit["token_bucket"] == {"max_tokens": 5, "tokens_per_fill": 5, "fill_interval": "1s"}
    assert limit["rate_limits"] == [{"actions": [{"remote_address": {}}]}]
    assert "token_bucket" not in inserted["patch"]["value"]["typed_config"]
    assert names(of_route) == route["spec"]["http"][-1]["name"]


def test_retries_and_limits_are_one_filter_together() -> None:
    filter_, (route,) = at_entry("gateway-api", {"retries": {}, "rateLimit": {"requests": 5}})
    values = {names(each): each["patch"]["value"] for each in filter_["spec"]["configPatches"] if each["applyTo"] == "HTTP_ROUTE"}
    assert values.keys() == {each["name"] for each in route["spec"]["rules"]}
    assert all("typed_per_filter_config" in each for each in values.values())


def test_sidecars_count_what_comes_by_the_entry() -> None:
    about = subject("gateway-api", planes=Planes("gateway-api", "sidecar"))
    shaped = shape(about, TrafficSettings.model_validate({"rateLimit": {"requests": 5}}))
    assert (shaped.entry.patch, shaped.entry.patches) == ({}, [])
    (filter_,) = of_kind("EnvoyFilter", shaped.objects)
    assert filter_["spec"]["workloadSelector"]["labels"]["app.kubernetes.io/name"] == "shop"
    assert filter_["spec"]["configPatches"][0]["match"]["context"] == "SIDECAR_INBOUND"


def test_without_patches_routes_stay_as_they_are() -> None:
    about = subject("gateway-api")
    shaped = shape(about, TrafficSettings.model_validate({"timeout": {"request": "7s"}}))
    made = routed("gateway-api", shaped.entry)
    assert patched(made, shaped.entry, about) == made
    assert made[-1]["spec"]["rules"][0]["timeouts"] == {"request": "7s"}


def test_a_namespace_that_is_known_only_later() -> None:
    filter_, _ = at_entry("gateway-api", {"retries": {}}, namespace=pulumi.Output.from_input("shared"))
    assert isinstance(filter_["metadata"]["name"], pulumi.Output)
