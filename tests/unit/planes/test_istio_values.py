"""What Istio's charts are told. That each key exists is checked in test_chart_values.py."""

from typing import Any

import pytest

from quayside.arguments import checked
from quayside.planes import istio_values
from quayside.planes.istio_values import IstioSpec
from unit.crd_schemas import problems


def spec(**given: Any) -> IstioSpec:
    return checked(IstioSpec, given, "a test")


def istiod(revision: str = "default", **given: Any) -> Any:
    return istio_values.istiod(spec(**given), {"quayside/owner": "quayside.dev"}, revision)


def test_istiod_is_small_and_restricted() -> None:
    values = istiod(mode="sidecar")
    assert values["resources"] == {"requests": {"cpu": "50m", "memory": "192Mi"}}
    restricted = {"type": "RuntimeDefault"}
    assert values["seccompProfile"] == values["gateways"]["seccompProfile"] == values["global"]["proxy"]["seccompProfile"] == restricted


def test_proxies_are_small() -> None:
    resources = {"requests": {"cpu": "10m", "memory": "40Mi"}, "limits": {"cpu": "1000m", "memory": "256Mi"}}
    assert istiod()["global"]["proxy"]["resources"] == istiod()["global"]["waypoint"]["resources"] == resources


@pytest.mark.parametrize(("replicas", "several"), [(1, False), (2, True)])
def test_a_budget_only_where_one_pod_may_go(replicas: int, several: bool) -> None:
    values = istiod(replicas=replicas)
    assert (values["replicaCount"], values["autoscaleEnabled"]) == (replicas, False)
    assert values["global"]["defaultPodDisruptionBudget"] == {"enabled": several}
    assert bool(values["topologySpreadConstraints"]) == several


def test_waypoints_are_as_many_as_istiods() -> None:
    assert "gatewayClasses" not in istiod(mode="ambient")
    assert istiod(mode="ambient", replicas=2)["gatewayClasses"] == {
        "istio-waypoint": {
            "deployment": {"spec": {"replicas": 2}},
            "podDisruptionBudget": {"spec": {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"}},
        }
    }


@pytest.mark.parametrize(("mode", "by_cni"), [("off", False), ("sidecar", True), ("ambient", True)])
def test_no_pod_changes_its_own_network(mode: str, by_cni: bool) -> None:
    assert istiod(mode=mode)["cni"] == {"enabled": by_cni}


def test_ambient_is_switched_on_in_all_parts() -> None:
    assert istiod(mode="ambient")["profile"] == "ambient"
    assert "profile" not in istiod(mode="sidecar")
    assert [istio_values.cni(spec(mode=mode), {})["ambient"] for mode in ("sidecar", "ambient")] == [{"enabled": False}, {"enabled": True}]


def test_what_holds_for_all_proxies() -> None:
    assert istiod()["meshConfig"] == {
        "accessLogFile": "",
        "accessLogEncoding": "JSON",
        "outboundTrafficPolicy": {"mode": "ALLOW_ANY"},
        "defaultConfig": {"holdApplicationUntilProxyStarts": True},
    }
    told = istiod(mode="sidecar", egress="registry", access_logs=True)["meshConfig"]
    assert (told["outboundTrafficPolicy"], told["accessLogFile"]) == ({"mode": "REGISTRY_ONLY"}, "/dev/stdout")


def test_further_fields_of_the_mesh_config() -> None:
    told = istiod(mesh_config={"ingressSelector": "ingress", "defaultConfig": {"tracing": {"sampling": 5}}})["meshConfig"]
    assert told["ingressSelector"] == "ingress"
    assert told["defaultConfig"] == {"holdApplicationUntilProxyStarts": True, "tracing": {"sampling": 5}}


def test_a_revision_has_a_name_of_its_own_and_the_default_has_none() -> None:
    assert "revision" not in istiod()
    assert istiod("1-31")["revision"] == "1-31"
    (constraint,) = istiod("1-31", replicas=2)["topologySpreadConstraints"]
    assert constraint["labelSelector"]["matchLabels"] == {"app": "istiod", "istio.io/rev": "1-31"}


def test_what_is_one_for_each_node_follows_the_revision_in_use() -> None:
    used = spec(mode="ambient", revision="1-30", control_planes={"1-30": {}, "1-31": {}})
    assert istio_values.ztunnel(used, {})["revision"] == istio_values.base(used)["defaultRevision"] == "1-30"
    assert "revision" not in istio_values.ztunnel(spec(mode="ambient"), {})


def test_the_users_values_go_over_ours() -> None:
    said = {chart: {"resources": {"requests": {"cpu": "1"}}} for chart in ("istiod", "cni", "ztunnel")}
    used = spec(mode="ambient", values=said)
    made = [istio_values.istiod(used, {}), istio_values.cni(used, {}), istio_values.ztunnel(used, {})]
    assert [each["resources"]["requests"]["cpu"] for each in made] == ["1"] * 3
    assert istio_values.base(spec(values={"base": {"defaultRevision": "x"}}))["defaultRevision"] == "x"


@pytest.mark.parametrize("mtls", ["permissive", "strict"])
def test_the_peers_of_the_whole_mesh(mtls: str) -> None:
    made = istio_values.peer_authentication(spec(mode="sidecar", mtls=mtls), {"quayside/owner": "quayside.dev"})
    assert problems(made) == []
    assert (made["metadata"]["name"], made["metadata"]["namespace"]) == ("default", "istio-system")
    assert made["spec"] == {"mtls": {"mode": mtls.upper()}}
