"""A global limit on Istio's planes: who counts, who asks, and about what."""

import json
from typing import Any

import pulumi
import pytest

from quayside.settings.traffic.index import TrafficSettings
from quayside.traffic.contract import Planes
from quayside.traffic.envoy_filters import patched
from quayside.traffic.index import Shaped, shape
from unit.traffic.carried import CANARY, of_kind, routed, subject

REDIS = {"host": "redis.cache.svc.cluster.local"}
CLUSTER = "outbound|8081||shop-rate-limit.shop.svc.cluster.local"


def shaped(plane: str, limit: dict[str, Any] | None = None, **more: Any) -> Shaped:
    said = {"requests": 5, "scope": "global", "redis": REDIS, **(limit or {})}
    return shape(subject(plane, **more), TrafficSettings.model_validate({"rateLimit": said}))


def one(kind: str, made: Shaped) -> dict[str, Any]:
    (found,) = of_kind(kind, made.objects)
    return found


def limits(made: Shaped) -> dict[str, Any]:
    """What the service reads."""
    return dict(json.loads(one("ConfigMap", made)["data"]["config.yaml"]))


def container(made: Shaped) -> dict[str, Any]:
    return dict(one("Deployment", made)["spec"]["template"]["spec"]["containers"][0])


@pytest.mark.parametrize("plane", ["gateway-api", "istio"])
def test_the_routes_of_the_service_alone_ask(plane: str) -> None:
    made, about = shaped(plane), subject(plane)
    (filter_,) = of_kind("EnvoyFilter", patched(routed(plane, made.entry), made.entry, about))
    inserted, *of_routes = filter_["spec"]["configPatches"]
    added = inserted["patch"]["value"]
    assert added["typed_config"]["rate_limit_service"]["grpc_service"]["envoy_grpc"]["cluster_name"] == CLUSTER
    assert added["typed_config"]["failure_mode_deny"] is False
    assert "rate_limits" not in added["typed_config"]
    assert of_routes
    for each in of_routes:
        assert each["patch"]["value"]["typed_per_filter_config"][added["name"]]["rate_limits"]


def test_a_sidecar_asks_about_all() -> None:
    made = shaped("sidecar", versions=(CANARY,))
    filters = of_kind("EnvoyFilter", made.objects)
    assert {each["metadata"]["name"] for each in filters} == {"shop-rate-limit", "shop-canary-rate-limit"}
    for each in filters:
        (patch,) = each["spec"]["configPatches"]
        config = patch["patch"]["value"]["typed_config"]
        assert (config["domain"], bool(config["rate_limits"])) == ("shop", True)


def test_with_sidecars_the_entry_does_not_count_again() -> None:
    made = shaped("gateway-api", planes=Planes("gateway-api", "sidecar"))
    assert (made.entry.patches, made.entry.patch) == ([], {})
    assert len(of_kind("Deployment", made.objects)) == 1


@pytest.mark.parametrize(
    ("limit", "told", "counted"),
    [
        ({}, ["generic_key"], ["limited"]),
        ({"client": True}, ["remote_address"], ["remote_address"]),
        # a proxy that finds no header asks nothing, so it tells that there is none
        ({"header": "X-User"}, ["request_headers", "header_value_match"], ["header", "without"]),
    ],
)
def test_what_proxies_tell_is_what_is_counted(limit: dict[str, Any], told: list[str], counted: list[str]) -> None:
    made = shaped("sidecar", {"unit": "minute", **limit})
    config = one("EnvoyFilter", made)["spec"]["configPatches"][0]["patch"]["value"]["typed_config"]
    actions = [action for each in config["rate_limits"] for action in each["actions"]]
    assert [kind for each in actions for kind in each] == told
    assert [value.get("descriptor_key", kind) for each in actions for kind, value in each.items()] == counted
    read = limits(made)
    assert read["domain"] == config["domain"]
    assert [each["key"] for each in read["descriptors"]] == counted
    assert all(each["rate_limit"] == {"unit": "minute", "requests_per_unit": 5} for each in read["descriptors"])
    missing = actions[-1].get("header_value_match")
    assert missing is None or (missing["expect_match"], missing["headers"]) == (False, [{"name": "X-User", "present_match": True}])


def test_another_limit_is_another_pod() -> None:
    one_, other = shaped("istio"), shaped("istio", {"requests": 6})
    mounted = [each["spec"]["template"]["spec"]["volumes"][0]["configMap"]["name"] for made in (one_, other) for each in deployed(made)]
    assert mounted == [one("ConfigMap", made)["metadata"]["name"] for made in (one_, other)]
    assert mounted[0] != mounted[1]


def deployed(made: Shaped) -> list[dict[str, Any]]:
    return of_kind("Deployment", made.objects)


def test_its_pod_is_none_of_the_services_and_meets_the_restricted_profile() -> None:
    made = shaped("istio", labels={"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop"})
    deployment, service = one("Deployment", made), one("Service", made)
    found = {"app.kubernetes.io/name": "shop-rate-limit", "app.kubernetes.io/instance": "shop-rate-limit"}
    assert deployment["spec"]["selector"]["matchLabels"] == service["spec"]["selector"] == found
    assert found.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
    assert service["spec"]["ports"][0]["name"] == "grpc"
    pod = deployment["spec"]["template"]["spec"]
    assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["seccompProfile"]) == (True, {"type": "RuntimeDefault"})
    assert pod["securityContext"]["runAsUser"] > 0  # the image names no user
    assert container(made)["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_two_that_share_a_redis_are_counted_apart() -> None:
    def prefix(owner: str, namespace: str) -> str:
        env = container(shaped("istio", labels={"quayside/owner": owner}, namespace=namespace))["env"]
        return str({each["name"]: each["value"] for each in env}["CACHE_KEY_PREFIX"])

    assert len({prefix("acme.dev", "shop"), prefix("acme.prod", "shop"), prefix("acme.dev", "other")}) == 3


def test_who_counts_may_call_it_and_nobody_else() -> None:
    def callers(made: Shaped) -> list[Any]:
        return list(one("NetworkPolicy", made)["spec"]["ingress"][0]["from"])

    entries = callers(shaped("istio", further_entries=("kong",)))
    assert [each["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for each in entries] == ["istio-ns", "kong"]
    pods = callers(shaped("sidecar", versions=(CANARY,)))
    assert [each["podSelector"]["matchLabels"]["app.kubernetes.io/name"] for each in pods] == ["shop", "shop-canary"]


def test_in_the_mesh_it_is_called_by_the_mesh() -> None:
    made = shaped("gateway-api", planes=Planes("gateway-api", "ambient"))
    called, probed = one("NetworkPolicy", made)["spec"]["ingress"]
    assert [each["port"] for each in called["ports"]] == [8081, 15008]
    assert "ipBlock" in probed["from"][0]
    annotations = one("Deployment", shaped("sidecar", revision="1-30"))["spec"]["template"]["metadata"]["annotations"]
    assert annotations == {"quayside/mesh": "1-30"}


def test_a_namespace_that_is_known_only_later() -> None:
    made = shaped("istio", namespace=pulumi.Output.from_input("shared"))
    assert isinstance(one("Service", made)["metadata"]["name"], str)
    assert isinstance(
        made.entry.patches[0]["patch"]["value"]["typed_config"]["rate_limit_service"]["grpc_service"]["envoy_grpc"]["authority"],
        pulumi.Output,
    )
