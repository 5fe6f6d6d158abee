"""What the library itself makes for Istio's entries and the mesh is well, with all kinds of policies and a canary."""

import pytest

from quayside.edge.contract import Version
from unit.checks.cluster import SHOP, pods_of, thing, workload
from unit.checks.meshed import ALL, CANARY, cluster


@pytest.mark.parametrize("entry", ["gateway-api", "istio"])
@pytest.mark.parametrize("mode", ["off", "sidecar", "ambient"])
@pytest.mark.parametrize("versions", [(), (CANARY,)], ids=["one version", "canary"])
@pytest.mark.parametrize("policies", ["none", "all"])
def test_a_well_stack(entry: str, mode: str, versions: tuple[Version, ...], policies: str) -> None:
    traffic = {key: value for key, value in ALL.items() if key != "mirroring" or versions}
    assert cluster(entry, mode, traffic if policies == "all" else None, versions).findings() == []


@pytest.mark.parametrize("mode", ["sidecar", "ambient"])
def test_guards_are_well(mode: str) -> None:
    guards = {
        "authorization": {"allow": {"monitoring/prometheus": {"paths": ["/metrics"]}}},
        "jwt": {"issuer": "https://login.example.com", "jwksUri": "https://login.example.com/keys"},
        **({"egress": {"hosts": {"api.example.org": {}}}} if mode == "sidecar" else {}),
    }
    assert cluster("gateway-api", mode, guards, (CANARY,)).findings() == []


def test_a_service_that_had_a_waypoint() -> None:
    """It keeps the labels, which mean nothing without one."""
    found = cluster("gateway-api", "ambient")
    found.get("Service", "shop")["metadata"]["labels"]["istio.io/use-waypoint"] = "shop-waypoint"
    assert found.findings() == []


def test_a_mesh_that_others_may_talk_to() -> None:
    found = cluster("gateway-api", "sidecar")
    found.get("PeerAuthentication", "default")["spec"]["mtls"]["mode"] = "PERMISSIVE"
    found.get("Pod", "proxy-1")["spec"].pop("initContainers")
    assert found.findings() == []


def test_a_port_of_metrics_that_is_open_to_prometheus() -> None:
    found = cluster("gateway-api", "sidecar")
    found.add(thing("Namespace", "monitoring"))
    for each in workload("prometheus", "monitoring", {"app": "prometheus"}, pods_of("prometheus:3", 9090)):
        found.add(each)
    where = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
    rules = found.get("NetworkPolicy", "shop")["spec"]["ingress"]
    rules.append({"from": where, "ports": [{"port": 15020}]})  # the proxy's own, which asks for no certificate
    assert found.findings() == []
    rules[-1]["ports"].append({"port": 9102})
    assert len(found.findings()) == 1
    open_ = {"selector": {"matchLabels": SHOP}, "portLevelMtls": {"9102": {"mode": "PERMISSIVE"}}}
    found.add({"apiVersion": "security.istio.io/v1", **thing("PeerAuthentication", "shop", "shop", spec=open_)})
    assert found.findings() == []
