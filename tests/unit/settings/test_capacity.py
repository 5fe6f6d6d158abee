"""Whether the pods that are asked for find room on the nodes."""

import copy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quayside.settings.capacity import services_fit
from quayside.settings.footprint import ISTIOD
from quayside.settings.stack import Settings
from quayside.settings.types import Cpu, Memory
from unit.examples import topics

SMALL = "s-2vcpu-4gb"  # 1900m and 2560Mi for pods, of which the system takes 702m and 565Mi, and once 200m and 340Mi


def stack(*, nodes: int = 1, services: dict[str, Any] | None = None, **others: Any) -> dict[str, Any]:
    """A stack of small nodes: 998m CPU and 1655Mi memory on the first, 1198m and 1995Mi on each further one."""
    return {"cluster": {"systemPool": {"size": SMALL, "count": nodes}}, "services": services or {}, **others}


def asks(cpu: str, memory: str = "1Mi", replicas: int = 1) -> dict[str, Any]:
    resources = {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": "64", "memory": "512Gi"}}
    return {"image": "acme/a:1", "replicas": replicas, "resources": resources}


def problems(spec: dict[str, Any]) -> list[tuple[str, str]]:
    return list(services_fit(spec))


def test_the_small_start_fits() -> None:
    """2 × 250m + 250m in rollout + 130m = 880m ≤ 998m, and 3 × 128Mi + 448Mi = 832Mi ≤ 1655Mi."""
    hello = {"image": "acme/a:1", "replicas": 2}
    assert problems(stack(services={"hello": hello})) == []
    assert problems(stack(services={"hello": {**hello, "replicas": 3}})) != []  # 1130m


@pytest.mark.parametrize(
    ("service", "fits"),
    [
        (asks("434m"), True),  # 2 × 434m + 130m = 998m
        (asks("435m"), False),
        (asks("1m", "603Mi"), True),  # 2 × 603Mi + 448Mi = 1654Mi
        (asks("1m", "604Mi"), False),
        (asks("0", "1Mi", replicas=103), True),  # 110 pods a node, whatever they ask for
        (asks("0", "1Mi", replicas=110), False),
        (asks("5", "8Gi", replicas=0), True),  # no pods
    ],
)
def test_to_the_last_bit(service: dict[str, Any], fits: bool) -> None:
    assert (problems(stack(services={"a": service})) == []) == fits


@pytest.mark.parametrize(
    ("versions", "fits"),
    [
        ({}, True),
        ({"canary": {"image": "acme/a:2"}}, True),  # 980m
        ({"canary": {"image": "acme/a:2", "replicas": 2}}, False),
        ({"variants": {"b": {}, "c": {}}}, False),
        ({"blueGreen": {"image": "acme/a:2"}}, True),
        ({"blueGreen": {"image": "acme/a:2", "replicas": 2}}, False),
        ({"replicas": 2, "blueGreen": {"image": "acme/a:2"}}, False),  # as many as the service's
    ],
)
def test_versions_count(versions: dict[str, Any], fits: bool) -> None:
    """190m + 250m + 250m in rollout + 100m = 790m, and 998m have room for one more of 190m."""
    service = {**asks("190m"), **versions}
    assert (problems(stack(services={"a": service, "b": asks("250m")}, certificates={"enabled": False})) == []) == fits


def test_a_pod_that_fits_on_no_node_is_told_once() -> None:
    service = {**asks("9"), "canary": {"image": "acme/a:2"}}
    assert [key for key, _ in problems(stack(services={"a": service}))] == ["services.a.resources.requests"]


def test_a_version_without_a_place_is_told_at_its_key() -> None:
    service = {**asks("1m", replicas=1), "canary": {"image": "acme/a:2", "replicas": 200}}
    assert [key for key, _ in problems(stack(services={"a": service}))] == ["services.a.canary"]


@pytest.mark.parametrize(
    ("changed", "fits"),
    [
        ({}, False),  # 2 × 470m + 130m = 1070m > 998m
        ({"certificates": {"enabled": False}}, False),  # 1040m
        ({"entry": {"kind": "none"}}, True),  # 970m
        ({"certificates": {"enabled": False}, "entry": {"kind": "none"}}, True),
    ],
)
def test_the_platform_counts(changed: dict[str, Any], fits: bool) -> None:
    assert (problems(stack(services={"a": asks("470m")}, **changed)) == []) == fits


def test_the_entrys_replicas_count() -> None:
    assert problems(stack(services={"a": asks("400m")}, entry={"replicas": 2})) == []  # 980m
    assert problems(stack(services={"a": asks("400m")}, entry={"replicas": 3})) != []  # 1030m


@pytest.mark.parametrize(
    ("mesh", "fits"),
    [
        ({}, True),  # 3 × 250m + cert-manager 30m + istiod 50m + gateway 50m = 880m ≤ 998m
        ({"mode": "sidecar"}, True),  # and 3 × 10m for sidecars = 910m ≤ 988m, which cni leaves
        ({"mode": "ambient"}, True),  # 880m ≤ 978m
        ({"mode": "sidecar", "replicas": 2}, True),  # 960m
        ({"mode": "sidecar", "replicas": 3}, False),  # 1010m
        ({"mode": "ambient", "replicas": 3}, False),  # 980m
        ({"revision": "a", "controlPlanes": {"a": {}, "b": {}}}, True),  # 930m
        ({"replicas": 2, "revision": "a", "controlPlanes": {"a": {}, "b": {}}}, False),  # 1030m
    ],
)
def test_the_small_start_fits_with_istio(mesh: dict[str, Any], fits: bool) -> None:
    """A gateway, cert-manager and hello twice on one node of 2 vCPUs and 4 GB, in each mode of the mesh."""
    hello = {"image": "acme/a:1", "replicas": 2}
    assert (problems(stack(services={"hello": hello}, entry={"kind": "gateway-api"}, mesh=mesh)) == []) == fits


def test_istiod_is_small() -> None:
    assert ISTIOD.cores <= Cpu("100m").amount
    assert ISTIOD.bytes <= Memory("256Mi").amount


def test_a_mesh_runs_on_each_node() -> None:
    spec = stack(nodes=3, services={"a": asks("1100m")}, entry={"kind": "none"}, certificates={"enabled": False})
    assert problems(spec) == []  # 1198m are left of each node
    spec["services"]["a"] = asks("1189m")
    assert problems(spec) == []
    spec["mesh"] = {"mode": "ambient"}
    assert problems(spec) != []  # 1178m


def test_one_pod_more_for_all_rollouts() -> None:
    """300m + 250m + 300m in rollout + 130m = 980m: no second pod in rollout is counted."""
    assert problems(stack(services={"a": asks("300m"), "b": asks("250m")})) == []


def test_the_greatest_number_of_nodes_counts() -> None:
    spec = stack(services={"a": asks("250m", replicas=8)})  # 2380m, and 3 nodes have 3394m
    spec["cluster"]["pools"] = {"main": {"size": SMALL, "min": 1, "max": 2}}
    assert problems(spec) == []
    spec["cluster"]["pools"]["main"]["max"] = 1
    assert problems(spec) != []


@pytest.mark.parametrize(("effect", "counts"), [("NoSchedule", False), ("NoExecute", False), ("PreferNoSchedule", True), (None, False)])
def test_tainted_pools_count_only_where_pods_may_go(effect: str | None, counts: bool) -> None:
    spec = stack(services={"a": asks("250m", replicas=4)})
    taint = {} if effect is None else {"effect": effect}
    spec["cluster"]["pools"] = {"main": {"size": SMALL, "count": 1, "taints": {"team": taint}}}
    assert (problems(spec) == []) == counts


def test_the_least_number_of_an_autoscaled_service_counts() -> None:
    service = asks("250m")
    assert problems(stack(services={"a": {**service, "scale": {"min": 2, "max": 50}}})) == []
    assert problems(stack(services={"a": {**service, "scale": {"min": 3, "max": 50}}})) != []


def test_metrics_server_counts_where_a_service_scales() -> None:
    service = asks("430m")  # 2 × 430m + 130m = 990m, and 100m for it are too much
    assert problems(stack(services={"a": service})) == []
    assert problems(stack(services={"a": {**service, "scale": {"min": 1, "max": 2}}})) != []


@pytest.mark.parametrize(
    "change",
    [
        {"cluster": None},
        {"cluster": {"systemPool": {"size": "s-3vcpu-5gb"}}},
        {"cluster": {"kind": "other", "systemPool": {"size": SMALL}}},
        {"cluster": {"systemPool": {"size": SMALL, "count": "1"}}},
        {"cluster": {"systemPool": {"size": SMALL}, "pools": {"main": {"size": SMALL, "count": 1, "min": 1}}}},
        {"services": ["a"]},
        {"services": {"a": "acme/a:1", "b": asks("9")}},
        {"services": {"a": {"replicas": True}, "b": asks("9")}},
        {"services": {"a": {"scale": {"max": 3}}, "b": asks("9")}},
        {"services": {"a": {"resources": {"requests": {"cpu": "9 cores"}}}, "b": asks("9")}},
        {"services": {"A.b": asks("9")}},
        {"services": {"a": {"resources": {"requests": {"cpu": "9"}}}}},
        {"entry": {"replicas": -1}},
    ],
)
def test_what_is_wrong_elsewhere_is_not_its_affair(change: dict[str, Any]) -> None:
    assert problems({**stack(services={"a": asks("9")}), **change}) == []


def test_settings_ask_it() -> None:
    spec = topics()
    spec["services"]["hello"]["replicas"] = 20
    assert [each.path for each in Settings.check(spec)[1]] == [("services",)]


sizes = st.sampled_from([SMALL, "s-1vcpu-2gb", "s-4vcpu-8gb", "m-2vcpu-16gb"])
pools = st.fixed_dictionaries({"size": sizes, "count": st.integers(1, 3)})
services = st.builds(asks, st.integers(0, 2500).map("{}m".format), st.integers(1, 4000).map("{}Mi".format), st.integers(0, 6))
stacks = st.builds(
    lambda system, further, asked: {"cluster": {"systemPool": system, "pools": further}, "services": asked},
    pools,
    st.dictionaries(st.sampled_from(["p", "q"]), pools),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), services),
)
AT_THE_EDGE = stack(services={"a": asks("434m")})


@settings(deadline=None)
@given(spec=stacks, chosen=st.integers(0, 2), size=sizes)
@example(spec=AT_THE_EDGE, chosen=0, size="s-1vcpu-2gb")
def test_a_further_node_never_makes_it_worse(spec: dict[str, Any], chosen: int, size: str) -> None:
    more = copy.deepcopy(spec)
    further = more["cluster"].setdefault("pools", {})
    grown = [more["cluster"]["systemPool"], *further.values()][chosen % (len(further) + 1)]
    grown["count"] += 1
    other = copy.deepcopy(spec)
    other["cluster"]["pools"] = {**other["cluster"].get("pools", {}), "new": {"size": size, "count": 1}}
    if problems(spec) == []:
        assert problems(more) == []
        assert problems(other) == []


@settings(deadline=None)
@given(spec=stacks, chosen=st.integers(0, 2))
@example(spec=AT_THE_EDGE, chosen=0)
def test_a_further_replica_never_makes_it_better(spec: dict[str, Any], chosen: int) -> None:
    more = copy.deepcopy(spec)
    if more["services"]:
        list(more["services"].values())[chosen % len(more["services"])]["replicas"] += 1
    if problems(spec) != []:
        assert problems(more) != []
