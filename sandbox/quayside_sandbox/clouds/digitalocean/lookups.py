"""DigitalOcean's look-ups (data sources): function token → what it answers. Facts: the data sources of terraform-provider-digitalocean."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ..cloud import Cloud, Function, Refused
from ..store import Record
from . import kubeconfig, pools, times
from .catalog import KUBERNETES_VERSIONS, REGIONS, SIZES, Region, Size
from .container_registry import HOST


def account(cloud: Cloud, arguments: Record) -> Record:
    cloud.request("GET", "/v2/account", "read accounts")
    found = cloud.list("accounts")[0]
    return {**_shown(found), "id": found["uuid"]}


def vpc(cloud: Cloud, arguments: Record) -> Record:
    """By id, by name, or a region's default."""
    cloud.request("GET", "/v2/vpcs", "list vpcs")
    if arguments.get("id"):
        record = cloud.find("vpcs", arguments["id"]) or _none(cloud.refused("GET", f"/v2/vpcs/{arguments['id']}", 404, "VPC not found"))
    elif arguments.get("name"):
        record = _named(cloud.list("vpcs", name=arguments["name"]), f"no VPCs found with name {arguments['name']}")
    else:
        region = arguments.get("region")
        record = _named(cloud.list("vpcs", default=True, region=region), f"unable to find default VPC in {region} region")
    return {**_shown(record), "urn": f"do:vpc:{record['id']}", "createdAt": times.go(record["createdAt"])}


def kubernetes_cluster(cloud: Cloud, arguments: Record) -> Record:
    cloud.request("GET", "/v2/kubernetes/clusters", "list kubernetesClusters")
    name = arguments["name"]
    record = _named(cloud.list("kubernetesClusters", name=name), f"Unable to find cluster with name: {name}")
    shown = _shown(record)
    node_pools = [{"id": pool["id"], **pools.outputs(pool, {"nodeCount": 1})} for pool in cloud.list(pools.KIND, clusterId=record["id"])]
    credentials = kubeconfig.fresh(record, int(arguments.get("kubeconfigExpireSeconds") or 0)) if record.get("endpoint") else None
    return {
        **shown,
        "nodePools": node_pools,
        "maintenancePolicies": _as_list(shown.pop("maintenancePolicy", None)),
        "controlPlaneFirewalls": _as_list(shown.pop("controlPlaneFirewall", None)),
        "kubeConfigs": _as_list(credentials),
        "urn": f"do:kubernetes:{record['id']}",
        "createdAt": times.go(record["createdAt"]),
        "updatedAt": times.go(record.get("updatedAt") or record["createdAt"]),
    }


def kubernetes_versions(cloud: Cloud, arguments: Record) -> Record:
    cloud.request("GET", "/v2/kubernetes/options", "list kubernetesVersions")
    prefix = arguments.get("versionPrefix") or ""
    valid = [version for version in KUBERNETES_VERSIONS if version.startswith(prefix)]
    if not valid:
        raise Refused(f"no Kubernetes versions found with prefix {prefix}: there are {', '.join(KUBERNETES_VERSIONS)}")
    return {"id": "kubernetes-versions", "latestVersion": valid[0], "validVersions": valid, "versionPrefix": arguments.get("versionPrefix")}


def load_balancer(cloud: Cloud, arguments: Record) -> Record:
    """By id or by name: also one that a Service in a cluster made."""
    cloud.request("GET", "/v2/load_balancers", "list loadBalancers")
    if arguments.get("id"):
        path = f"/v2/load_balancers/{arguments['id']}"
        refusal = cloud.refused("GET", path, 404, "The resource you were accessing could not be found.")
        record = cloud.find("loadBalancers", arguments["id"]) or _none(refusal)
    else:
        name = arguments.get("name")
        record = _named(cloud.list("loadBalancers", name=name), f"no load balancers found with name {name}")
    shown = {"dropletTag": "", "ipv6": "", "subnetUuid": "", "domains": [], "targetLoadBalancerIds": [], **_shown(record)}
    return {
        **shown,
        "firewalls": _as_list(shown.pop("firewall", None)),
        "healthchecks": _as_list(shown.pop("healthcheck", None)),
        "stickySessions": _as_list(shown.get("stickySessions")),
        "glbSettings": _as_list(shown.get("glbSettings")),
        "forwardingRules": shown.get("forwardingRules", []),
        "loadBalancerUrn": f"do:loadbalancer:{record['id']}",
    }


def project(cloud: Cloud, arguments: Record) -> Record:
    """By id, by name, or the default one."""
    cloud.request("GET", "/v2/projects", "list projects")
    if arguments.get("id"):
        record = cloud.find("projects", arguments["id"]) or _none(
            cloud.refused("GET", f"/v2/projects/{arguments['id']}", 404, "project not found")
        )
    elif arguments.get("name"):
        record = _named(cloud.list("projects", name=arguments["name"]), f"no projects found with name {arguments['name']}")
    else:
        record = _named(cloud.list("projects", isDefault=True), "no default project found")
    updated = record.get("_updatedAt") or record["createdAt"]
    return {**_shown(record), "createdAt": times.rfc3339(record["createdAt"]), "updatedAt": times.rfc3339(updated)}


def container_registry(cloud: Cloud, arguments: Record) -> Record:
    name = arguments["name"]
    cloud.request("GET", f"/v2/registries/{name}", "read containerRegistries")
    record = cloud.find("containerRegistries", name) or _none(Refused(f"registry not found: {name}"))
    return {**_shown(record), "endpoint": f"{HOST}/{name}", "serverUrl": HOST, "createdAt": times.go(record["createdAt"])}


def domain(cloud: Cloud, arguments: Record) -> Record:
    name = arguments["name"]
    cloud.request("GET", f"/v2/domains/{name}", "read domains")
    record = cloud.find("domains", name) or _none(Refused(f"domain not found: {name}"))
    return {**_shown(record), "domainUrn": f"do:domain:{name}", "zoneFile": f"$ORIGIN {name}.\n$TTL {record['ttl']}\n"}


def region(cloud: Cloud, arguments: Record) -> Record:
    cloud.request("GET", "/v2/regions", "list regions")
    found = REGIONS.get(arguments["slug"]) or _none(Refused(f"Region does not exist: {arguments['slug']}"))
    return {"id": found.slug, **_region(found)}


def regions(cloud: Cloud, arguments: Record) -> Record:
    cloud.request("GET", "/v2/regions", "list regions")
    return {"id": "regions", "regions": _chosen([_region(one) for one in REGIONS.values()], arguments), **_asked(arguments)}


def sizes(cloud: Cloud, arguments: Record) -> Record:
    cloud.request("GET", "/v2/sizes", "list sizes")
    return {"id": "sizes", "sizes": _chosen([_size(one) for one in SIZES.values()], arguments), **_asked(arguments)}


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "digitalocean:index/getAccount:getAccount": account,
        "digitalocean:index/getVpc:getVpc": vpc,
        "digitalocean:index/getKubernetesCluster:getKubernetesCluster": kubernetes_cluster,
        "digitalocean:index/getKubernetesVersions:getKubernetesVersions": kubernetes_versions,
        "digitalocean:index/getLoadBalancer:getLoadBalancer": load_balancer,
        "digitalocean:index/getProject:getProject": project,
        "digitalocean:index/getContainerRegistry:getContainerRegistry": container_registry,
        "digitalocean:index/getDomain:getDomain": domain,
        "digitalocean:index/getRegion:getRegion": region,
        "digitalocean:index/getRegions:getRegions": regions,
        "digitalocean:index/getSizes:getSizes": sizes,
    }
)


def _region(one: Region) -> Record:
    return {"slug": one.slug, "name": one.name, "available": True, "features": list(one.features), "sizes": list(SIZES)}


def _size(one: Size) -> Record:
    return {
        "slug": one.slug,
        "available": True,
        "vcpus": one.vcpus,
        "memory": one.memory,
        "disk": one.disk,
        "priceMonthly": one.monthly,
        "priceHourly": round(one.monthly / 672, 5),  # billed for at most 672 hours a month
        "transfer": 1.0,
        "regions": list(one.regions),
    }


def _asked(arguments: Record) -> Record:
    return {key: arguments[key] for key in ("filters", "sorts") if key in arguments}


def _chosen(rows: list[Record], arguments: Record) -> list[Record]:
    """The rows that pass all filters, in the order of the sorts (datalist of terraform-provider-digitalocean)."""
    for condition in arguments.get("filters") or []:
        test = all if condition.get("all") else any
        match = _MATCHES[condition.get("matchBy") or "exact"]
        key, values = _camel(condition["key"]), [_text(value) for value in condition["values"]]
        rows = [row for row in rows if test(any(match(value, item) for item in _texts(row.get(key))) for value in values)]
    for order in reversed(arguments.get("sorts") or []):
        key = _camel(order["key"])
        rows = sorted(rows, key=lambda row: row.get(key) or 0, reverse=order.get("direction") == "desc")
    return rows


_MATCHES: dict[str, Callable[[str, str], bool]] = {
    "exact": lambda wanted, value: wanted == value,
    "re": lambda wanted, value: re.search(wanted, value) is not None,
    "substring": lambda wanted, value: fnmatch.fnmatchcase(value, f"*{wanted}*"),
}


def _texts(value: Any) -> list[str]:
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _shown(record: Record) -> Record:
    return {key: value for key, value in record.items() if not key.startswith("_")}


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else [value]


def _named(found: list[Record], missing: str) -> Record:
    if not found:
        raise Refused(missing)
    return found[0]


def _none(refusal: Refused) -> Any:
    raise refusal
