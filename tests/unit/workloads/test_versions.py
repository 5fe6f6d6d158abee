"""The versions of a service, as they are registered: what there is, and in which order a run makes and deletes it."""

from typing import Any

import pytest

from quayside.settings.problems import InvalidSettings
from quayside.traffic.objects import selectors, targets
from quayside.workloads.placement import PlacedService
from quayside.workloads.traffic import subject
from unit.examples import PASSWORD
from unit.recorder import Recorded, Registration
from unit.workloads.specs import Late, shop

UNLED = {"image": "acme/shop:2"}
CANARY = {**UNLED, "weight": 10}
JWT = {"issuer": "https://login.example.com", "jwks_uri": "https://login.example.com/keys"}
OUTSIDE: dict[str, Any] = {"hosts": {"shop.example.com": {}}, "route": {"entry": "ingress-nginx"}}


def named(recorded: Recorded) -> set[str]:
    """Kind and name of each object."""
    found = {(each.type.rpartition(":")[2], each.inputs["metadata"]["name"]) for each in recorded if each.type.startswith("kubernetes:")}
    return {f"{kind} {name}" for kind, name in found}


def object_of(recorded: Recorded, kind: str, name: str) -> Registration:
    (found,) = [each for each in recorded if each.type.startswith("kubernetes:") and each.type.endswith(f":{kind}") and each.name == name]
    return found


def after(recorded: Recorded, kind: str, name: str) -> set[str]:
    """Kind and name of all that an object depends on, as far as one may go."""
    waiting, found = [object_of(recorded, kind, name)], set()
    while waiting:
        for urn in waiting.pop().request.dependencies:
            what, called = urn.rpartition("$")[2].rpartition("::")[0].rpartition(":")[2], urn.rpartition("::")[2]
            if f"{what} {called}" not in found:
                found.add(f"{what} {called}")
                waiting.append(object_of(recorded, what, called))
    return found


def container(recorded: Recorded, name: str) -> dict[str, Any]:
    (one,) = object_of(recorded, "Deployment", name).inputs["spec"]["template"]["spec"]["containers"]
    assert isinstance(one, dict)
    return one


def test_a_canary_stands_beside_the_service() -> None:
    plain, recorded = shop(**OUTSIDE), shop(canary={**CANARY, "replicas": 2}, **OUTSIDE)
    kinds = ("Deployment", "Service", "NetworkPolicy", "PodDisruptionBudget", "Ingress")
    assert named(recorded) - named(plain) == {f"{kind} shop-canary" for kind in kinds}
    for kind in ("Deployment", "Service", "Ingress"):
        before, now = object_of(plain, kind, "shop").inputs, object_of(recorded, kind, "shop").inputs
        assert before == now  # nothing of the main version changes


def test_each_version_has_its_own_pods() -> None:
    recorded = shop(canary=UNLED)
    wanted = {"app.kubernetes.io/name": "shop-canary", "app.kubernetes.io/instance": "shop-canary"}
    pods = object_of(recorded, "Deployment", "shop-canary").inputs["spec"]
    assert pods["selector"]["matchLabels"] == wanted
    assert wanted.items() <= pods["template"]["metadata"]["labels"].items()
    assert pods["template"]["spec"]["serviceAccountName"] == "shop"
    assert object_of(recorded, "Service", "shop-canary").inputs["spec"]["selector"] == wanted
    assert object_of(recorded, "NetworkPolicy", "shop-canary").inputs["spec"]["podSelector"]["matchLabels"] == wanted


def test_a_route_leads_to_a_version_only_once_its_pods_answer() -> None:
    """And so, the other way, a version's pods are deleted after its route, and its Service after the pods."""
    recorded = shop(canary=CANARY, **OUTSIDE)
    assert {"Deployment shop-canary", "Service shop-canary", "Deployment shop"} <= after(recorded, "Ingress", "shop-canary")
    assert "Service shop-canary" in after(recorded, "Deployment", "shop-canary")


def test_a_promoted_canary_leaves_the_route_once_the_main_pods_answer() -> None:
    recorded = shop(canary={**CANARY, "verdict": "promote"}, **OUTSIDE)
    assert container(recorded, "shop")["image"] == "acme/shop:2"
    route = object_of(recorded, "Ingress", "shop-canary")
    assert route.inputs["metadata"]["annotations"]["nginx.ingress.kubernetes.io/canary-weight"] == "0"
    assert "Deployment shop" in after(recorded, "Ingress", "shop-canary")


def test_a_canary_that_was_given_up_holds_nothing_up() -> None:
    """It may be why it was given up that its pods never answer."""
    recorded = shop(canary={**CANARY, "verdict": "abort"}, **OUTSIDE)
    assert "Deployment shop-canary" not in after(recorded, "Ingress", "shop-canary")
    annotations = object_of(recorded, "Deployment", "shop-canary").inputs["metadata"]["annotations"]
    assert annotations["pulumi.com/skipAwait"] == "true"
    going = object_of(shop(canary=UNLED), "Deployment", "shop-canary").inputs["metadata"]["annotations"]
    assert "pulumi.com/skipAwait" not in going


@pytest.mark.parametrize(("live", "pods"), [("blue", "shop"), ("green", "shop-green")])
def test_the_switch_leads_to_one_of_two_whole_versions(live: str, pods: str) -> None:
    recorded = shop(blueGreen=None, blue_green={"image": "acme/shop:2", "live": live}, scale={"min": 2, "max": 4}, **OUTSIDE)
    services = {name: object_of(recorded, "Service", name).inputs["spec"]["selector"] for name in ("shop", "shop-blue", "shop-green")}
    assert {name: each["app.kubernetes.io/name"] for name, each in services.items()} == {
        "shop": pods,
        "shop-blue": "shop",
        "shop-green": "shop-green",
    }
    assert {"HorizontalPodAutoscaler shop-green", "PodDisruptionBudget shop-green"} <= named(recorded)
    other = {"shop", "shop-green"} - {pods}
    assert f"Deployment {pods}" in after(recorded, "Service", "shop")
    assert not {f"Deployment {each}" for each in other} & after(recorded, "Ingress", "shop")  # it may be broken


def test_what_guards_the_pods_guards_green_as_well() -> None:
    """The switch may lead to them, and the Services by which the two are looked at lead past every route."""
    spec = PlacedService.model_validate({"image": "acme/shop:1", "blueGreen": {"image": "acme/shop:2"}})
    made = subject("shop", "shop", {}, spec, None)
    assert [chosen["matchLabels"]["app.kubernetes.io/name"] for _, chosen in selectors(made)] == ["shop", "shop-green"]
    assert [each["name"] for each in targets(made)] == ["shop", "shop-blue", "shop-green"]


def test_config_of_its_own_only_where_it_differs() -> None:
    recorded = shop(config={"A": "1"}, variants={"b": {"env": {"C": "2"}}, "c": {"config": {"A": "2"}}})
    names = {name: container(recorded, name)["envFrom"][0]["configMapRef"]["name"] for name in ("shop", "shop-b", "shop-c")}
    assert names["shop"] == names["shop-b"] != names["shop-c"]
    assert names["shop-c"].startswith("shop-c-config-")
    assert object_of(recorded, "ConfigMap", "shop-c").inputs["metadata"]["ownerReferences"][0]["name"] == "shop"
    assert "ConfigMap shop" in after(recorded, "Deployment", "shop-b")


def test_secrets_are_those_of_the_service() -> None:
    recorded = shop(secrets={"PASSWORD": PASSWORD}, canary=UNLED)
    assert container(recorded, "shop-canary")["envFrom"] == [{"secretRef": {"name": "shop-secrets"}}]
    templates = [object_of(recorded, "Deployment", name).inputs["spec"]["template"]["metadata"] for name in ("shop", "shop-canary")]
    assert len({each["annotations"]["quayside/secrets-checksum"] for each in templates}) == 1
    assert [each.name for each in recorded.of("Secret")] == ["shop"]


def test_only_whose_image_needs_it_pulls_with_a_password() -> None:
    registries = {"ghcr.io": {"username": "octocat", "password": PASSWORD}}
    recorded = shop(canary={"image": "ghcr.io/acme/shop:2"}, registries=registries)
    pulls = {name: object_of(recorded, "Deployment", name).inputs["spec"]["template"]["spec"] for name in ("shop", "shop-canary")}
    assert "imagePullSecrets" not in pulls["shop"]  # or the main pods would roll when a trial begins
    assert pulls["shop-canary"]["imagePullSecrets"] == [{"name": "shop-pull"}]


def test_routes_elsewhere_have_a_bridge_to_each_version() -> None:
    recorded = shop(canary=CANARY, route_namespace="gate", namespace="apps", **OUTSIDE)
    bridge = object_of(recorded, "Service", "shop-canary-bridge").inputs
    assert (bridge["metadata"]["name"], bridge["metadata"]["namespace"]) == ("shop-canary", "gate")
    assert bridge["spec"]["externalName"] == "shop-canary.apps.svc.cluster.local"
    assert "Service shop-canary-bridge" in after(recorded, "Ingress", "shop-canary")


def test_patches_are_for_all_versions() -> None:
    recorded = shop(canary=UNLED, patches={"Container": {"tty": True}, "Deployment": {"spec": {"minReadySeconds": 7}}})
    assert all(container(recorded, name)["tty"] for name in ("shop", "shop-canary"))
    assert object_of(recorded, "Deployment", "shop-canary").inputs["spec"]["minReadySeconds"] == 7


@pytest.mark.parametrize(("policies", "by_entry"), [({}, {"shop", "shop-canary"}), ({"jwt": JWT}, {"shop"})])
def test_requests_are_shared_out_once(policies: dict[str, Any], by_entry: set[str]) -> None:
    """Where those from the entry pass the waypoint as well, that does it: twice would be two shares for a version."""
    outside = {"hosts": {"shop.example.com": {}}, "route": {"entry": "gateway-api"}}
    recorded = shop(canary=CANARY, mesh={"mode": "ambient"}, traffic=policies, **outside)
    found = {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in recorded.of("HTTPRoute")}
    led = {name: {ref["name"] for rule in spec["rules"] for ref in rule["backendRefs"]} for name, spec in found.items()}
    assert led == {"shop-mesh": {"shop", "shop-canary"}, "shop-shop.example.com": by_entry}


def test_an_image_may_be_known_late() -> None:
    recorded = shop(canary={**UNLED, "image": Late("acme/shop:9"), "verdict": "promote"})
    assert {container(recorded, name)["image"] for name in ("shop", "shop-canary")} == {"acme/shop:9"}


def test_arguments_are_held_against_the_plane() -> None:
    with pytest.raises(InvalidSettings) as error:
        shop(canary=CANARY)
    assert error.value.lines[0].startswith("canary.weight leads nobody")
    with pytest.raises(InvalidSettings, match="is not a name for an object"):
        shop(variants={"b" * 60: {}})
