"""Look-ups answer as the SDK's result types want, and find what Kubernetes or a person made."""

import importlib
from typing import Any

import pytest

from quayside_sandbox.clouds.digitalocean.catalog import KUBERNETES_VERSIONS, REGIONS, SIZES, version_key
from quayside_sandbox.clouds.store import Store
from quayside_sandbox.plugins.cloud.bridge import Failed

from .account import Account

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of types that the SDKs have renamed
Made = tuple[str, dict[str, Any]]
DIGITALOCEAN: dict[str, dict[str, Any]] = {
    "getAccount": {},
    "getVpc": {"region": "sgp1"},
    "getKubernetesCluster": {"name": "main"},
    "getKubernetesVersions": {"versionPrefix": "1.36."},
    "getLoadBalancer": {"name": "edge"},
    "getProject": {},
    "getContainerRegistry": {"name": "images"},
    "getDomain": {"name": "example.com"},
    "getRegion": {"slug": "sgp1"},
    "getRegions": {},
    "getSizes": {},
}
CLOUDFLARE: dict[str, dict[str, Any]] = {
    "getZone": {"filter": {"name": "example.com", "match": "all"}},
    "getZones": {"name": "example.com"},
    "getAccount": {"filter": {"name": "Sandbox"}},
    "getAccounts": {},
    "getIpRanges": {},
}


@pytest.fixture
def full(ocean: Account, cluster: Made) -> Account:
    rule = {"entryProtocol": "http", "entryPort": 80, "targetProtocol": "http", "targetPort": 8080}
    ocean.create("LoadBalancer", name="edge", region="sgp1", forwardingRules=[rule])
    ocean.create("ContainerRegistry", name="images", subscriptionTierSlug="basic")
    ocean.create("Domain", name="example.com")
    return ocean


@pytest.mark.parametrize("name", DIGITALOCEAN)
def test_digitaloceans_answers_fit_their_types(full: Account, name: str) -> None:
    assert {full.token_of(one) for one in DIGITALOCEAN} == set(full.bridge.cloud.functions)
    _fits("pulumi_digitalocean", name, full.invoke(name, **DIGITALOCEAN[name]))


@pytest.mark.parametrize("name", CLOUDFLARE)
def test_cloudflares_answers_fit_their_types(flare: Account, zone: str, name: str) -> None:
    assert {flare.token_of(one) for one in CLOUDFLARE} == set(flare.bridge.cloud.functions)
    _fits("pulumi_cloudflare", name, flare.invoke(name, **CLOUDFLARE[name]))


def _fits(package: str, name: str, answer: dict[str, Any]) -> None:
    """Every field of the SDK's result that is not optional is there."""
    module = importlib.import_module(f"{package}.{''.join(f'_{c.lower()}' if c.isupper() else c for c in name)}")
    result = getattr(module, f"{name[0].upper()}{name[1:]}Result")
    for attribute, hint in _hints(result).items():
        assert "Optional" in hint or "NoneType" in hint or answer.get(attribute) is not None, f"{name}: {attribute}"


def _hints(result: type) -> dict[str, str]:
    found = {}
    for key, item in vars(result).items():
        getter = getattr(item, "fget", None)
        if getter:
            first, *rest = key.split("_")
            wire = first + "".join(part.capitalize() for part in rest)
            found[wire] = str(getter.__annotations__.get("return"))
    return found


def test_versions(ocean: Account) -> None:
    newest = ocean.invoke("getKubernetesVersions")
    assert newest["latestVersion"] == KUBERNETES_VERSIONS[0] == max(KUBERNETES_VERSIONS, key=version_key)
    older = ocean.invoke("getKubernetesVersions", versionPrefix="1.35.")
    assert older["validVersions"] == [one for one in KUBERNETES_VERSIONS if one.startswith("1.35.")]
    with pytest.raises(Failed, match=r"no Kubernetes versions found with prefix 1\.2\."):
        ocean.invoke("getKubernetesVersions", versionPrefix="1.2.")


def test_sizes_are_filtered_and_sorted(ocean: Account) -> None:
    filters = [
        {"key": "vcpus", "values": [2, 4]},
        {"key": "slug", "values": ["^s-"], "matchBy": "re"},
        {"key": "regions", "values": ["fra1"]},
    ]
    found = ocean.invoke("getSizes", filters=filters, sorts=[{"key": "price_monthly", "direction": "desc"}])["sizes"]
    assert {one["vcpus"] for one in found} == {2, 4}
    assert [one["priceMonthly"] for one in found] == sorted((one["priceMonthly"] for one in found), reverse=True)
    assert all(one["slug"].startswith("s-") for one in found)


def test_the_load_balancer_of_a_service_is_found_by_its_name(ocean: Account, store: Store) -> None:
    store.create("digitalocean", "loadBalancers", {"name": "from-kubernetes", "ip": "203.0.113.77", "_clusterId": "c", "_service": "a/b"})
    found = ocean.invoke("getLoadBalancer", name="from-kubernetes")
    assert found["ip"] == "203.0.113.77"
    assert not [key for key in found if key.startswith("_")]
    with pytest.raises(Failed, match="no load balancers found with name nobody"):
        ocean.invoke("getLoadBalancer", name="nobody")


def test_a_vpc_is_found_by_id_by_name_and_as_its_regions_default(ocean: Account) -> None:
    id, _ = ocean.create("Vpc", name="net", region="sgp1")
    assert ocean.invoke("getVpc", id=id)["urn"] == ocean.invoke("getVpc", name="net")["urn"] == f"do:vpc:{id}"
    assert ocean.invoke("getVpc", region="fra1")["ipRange"].startswith("10.114.")
    with pytest.raises(Failed, match="no VPCs found with name other"):
        ocean.invoke("getVpc", name="other")


def test_unknown_arguments_are_refused(ocean: Account) -> None:
    with pytest.raises(Failed, match="Invalid or unknown key: slug"):
        ocean.invoke("getVpc", slug="a")


def test_the_catalogue_is_whole() -> None:
    for size in SIZES.values():
        if size.kubernetes:
            assert 0 < size.allocatable_memory < size.memory
            assert size.allocatable_cpu < size.vcpus * 1000
        assert set(size.regions) <= set(REGIONS)
        assert size.monthly > 0
    assert SIZES["s-2vcpu-4gb"].allocatable_memory == 2560
    assert len({region.number for region in REGIONS.values()}) == len(REGIONS)
