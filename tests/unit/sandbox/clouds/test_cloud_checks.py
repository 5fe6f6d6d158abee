"""What the plugin says of inputs before it asks the cloud for anything."""

import pytest

from quayside_sandbox.plugins.cloud.bridge import Failed
from quayside_sandbox.plugins.values import UNKNOWN, Secret

from .account import CLUSTER, POOL, Account


def test_everything_that_is_wrong_is_said_at_once(ocean: Account) -> None:
    _, reasons = ocean.check("Vpc", {"rgion": "sgp1", "ipRange": "10.1.0.0", "description": "x" * 256})
    assert sorted(reasons) == [
        "Invalid or unknown key. Examine values at 'one.rgion'.",
        "Missing required argument. The argument \"region\" is required, but no definition was found.. Examine values at 'one.region'.",
        "expected \"ip_range\" to be a valid CIDR Value, got 10.1.0.0: invalid CIDR address: 10.1.0.0. Examine values at 'one.ipRange'.",
        f"expected length of description to be in the range (0 - 255), got {'x' * 256}. Examine values at 'one.description'.",
    ]


def test_nested_inputs_are_checked_against_the_sdks_types(ocean: Account) -> None:
    pool = {**POOL, "nodeCount": "two", "labels": {"a": 1}, "taints": [{"key": "a", "effect": "Never", "vale": "b"}]}
    _, reasons = ocean.check("KubernetesCluster", {**CLUSTER, "nodePool": pool})
    assert sorted(reasons) == [
        "Invalid or unknown key. Examine values at 'one.nodePool.taints[0].vale'.",
        'Missing required argument. The argument "value" is required, but no definition was found.. '
        "Examine values at 'one.nodePool.taints[0].value'.",
        'expected effect to be one of ["NoSchedule" "PreferNoSchedule" "NoExecute"], got Never. Examine values at \'one.nodePool.taints[0].effect\'.',
        "expected integer type, got string type. Examine values at 'one.nodePool.nodeCount'.",
    ]


def test_defaults_are_filled_in_and_noted(ocean: Account) -> None:
    inputs = ocean.inputs("KubernetesCluster", **CLUSTER)
    assert inputs["surgeUpgrade"] is True
    assert inputs["nodePool"] == {**POOL, "autoScale": False, "__defaults": ["autoScale"]}
    assert "surgeUpgrade" in inputs["__defaults"]
    assert "ha" not in inputs  # decided by the server
    assert "name" not in inputs["__defaults"]


def test_a_missing_name_is_made_once_and_kept(ocean: Account) -> None:
    first, _ = ocean.check("Vpc", {"region": "sgp1"}, seed=b"a")
    assert first["name"].startswith("one-")
    assert len(first["name"]) == len("one-") + 7
    assert first["__defaults"] == ["name"]
    again, _ = ocean.check("Vpc", {"region": "sgp1"}, first, seed=b"b")
    assert again["name"] == first["name"]
    other, _ = ocean.check("Vpc", {"region": "sgp1"}, seed=b"b")
    assert other["name"] != first["name"]


def test_the_projects_autonaming_is_heard(ocean: Account) -> None:
    assert ocean.check("Vpc", {"region": "sgp1"}, proposed="by-the-project")[0]["name"] == "by-the-project"
    assert "automatic naming is disabled" in ocean.check("Vpc", {"region": "sgp1"}, disabled=True)[1][0]


def test_unknown_values_and_secrets_pass_as_they_are(ocean: Account) -> None:
    inputs, reasons = ocean.check("KubernetesNodePool", {"clusterId": UNKNOWN, "size": Secret("s-2vcpu-4gb"), "nodeCount": UNKNOWN})
    assert reasons == []
    assert inputs["clusterId"] is UNKNOWN
    assert inputs["size"] == Secret("s-2vcpu-4gb")


def test_a_registry_is_not_named_automatically(ocean: Account) -> None:
    assert "name" in ocean.check("ContainerRegistry", {"subscriptionTierSlug": "basic"})[1][0]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"forwardingRules": []}, "missing 'region' value"),
        ({"region": "sgp1"}, "one of `forwarding_rule,glb_settings` must be specified"),
        ({"region": "sgp1", "type": "GLOBAL", "forwardingRules": []}, "'region' must be empty or not set when 'type' is 'GLOBAL'"),
        ({"region": "sgp1", "forwardingRules": [], "glbSettings": {"targetPort": 80, "targetProtocol": "http"}}, "conflicts with"),
        ({"region": "sgp1", "forwardingRules": [], "healthcheck": {"protocol": "http", "port": 80}}, "`path` is required"),
        ({"region": "sgp1", "forwardingRules": [], "dropletIds": [1], "dropletTag": "a"}, '"droplet_ids": conflicts with droplet_tag'),
    ],
)
def test_load_balancers_have_rules_across_fields(ocean: Account, given: dict[str, object], reason: str) -> None:
    assert any(reason in one for one in ocean.check("LoadBalancer", given)[1])


def test_two_drivers_for_the_same_devices_exclude_each_other(ocean: Account) -> None:
    drivers = {"amdGpuDevicePlugin": {"enabled": True}, "amdGpuDraDriver": {"enabled": True}}
    assert "mutually exclusive with amdGpuDevicePlugin" in ocean.check("KubernetesCluster", {**CLUSTER, **drivers})[1][0]
    assert ocean.check("KubernetesCluster", {**CLUSTER, **drivers, "amdGpuDraDriver": {"enabled": False}})[1] == []


def test_cloudflares_ttl_is_required_and_its_ruleset_has_one_owner(flare: Account) -> None:
    assert (
        'The argument "ttl" is required' in flare.check("DnsRecord", {"zoneId": "z", "name": "a", "type": "A", "content": "1.2.3.4"})[1][0]
    )
    ruleset = {"kind": "zone", "name": "a", "phase": "http_request_transform"}
    assert "Exactly one of these attributes" in flare.check("Ruleset", ruleset)[1][0]
    assert "value must be one of" in flare.check("Ruleset", {**ruleset, "zoneId": "z", "phase": "http"})[1][0]


def test_a_type_that_is_not_simulated_is_refused_with_what_is(ocean: Account) -> None:
    with pytest.raises(Failed, match=r"Droplet \(digitalocean:index/droplet:Droplet\) is not simulated.*KubernetesCluster.*Vpc"):
        ocean.check("Droplet", {})
    with pytest.raises(Failed, match="getDroplet is not simulated"):
        ocean.invoke("getDroplet")
