"""What the account of a real stack has besides the stack's own resources: zones, networks, versions that the vendor no longer lists.

The exported state names them only by their ids. They are made in the simulated cloud under the same ids before the resources are, so that
the old inputs hold, and so that the new program, which looks them up, finds the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..clouds import index
from ..clouds.cloudflare import zone
from ..clouds.cloudflare.assumed_zones import registrable
from ..clouds.digitalocean.catalog import KUBERNETES_VERSIONS
from ..clouds.digitalocean.quota import droplets_of
from ..clouds.store import Record, Store
from .origin import NotStarted
from .replay_export import PROVIDERS, Resource, is_secret, title

CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster"
POOL = "digitalocean:index/kubernetesNodePool:KubernetesNodePool"
Maker = Callable[[Store, list[Resource]], Record]


def furnish(store: Store, resources: list[Resource]) -> list[dict[str, str]]:
    """Makes what the resources take for granted; returns the substitutions. Raises NotStarted, with all that is missing at once."""
    told, unknown = [*_retired_versions(store, resources)], []
    for (cloud, kind, id), users in sorted(_referred(resources).items()):
        if store.find(cloud, kind, id) is not None:
            continue
        fields = _MAKERS[kind](store, users) if kind in _MAKERS else None
        if fields is None:
            unknown.append(f"{kind} {id} at {cloud} (of {title(users[0])})")
            continue
        store.create(cloud, kind, {**fields, "_assumed": True}, id=id)
        told.append({"kind": f"{kind} of the account", "what": f"{fields['name']} ({id})", "by": "one of the sandbox's under the same id"})
    for resource in resources:
        if resource.get("external") and (place := _kind(resource["type"])) and store.find(*place, resource["id"]) is None:
            store.create(*place, {**_open_outputs(resource), "_assumed": True}, id=resource["id"])
            told.append({"kind": "read resource", "what": title(resource), "by": "the outputs that the exported state has of it"})
    told += _room(store, resources)
    if unknown:
        raise NotStarted(
            "the exported state refers to what is not in it, and the sandbox cannot make it up: "
            + "; ".join(unknown)
            + ". Start from a ref instead (FROM=…)"
        )
    return told


def _retired_versions(store: Store, resources: list[Resource]) -> Iterator[dict[str, str]]:
    """A cluster goes on with a version that the vendor no longer offers for new ones."""
    for resource in resources:
        version = observed_version(resource)
        if version and version not in KUBERNETES_VERSIONS and not store.list("digitalocean", "kubernetesVersions", name=version):
            store.create("digitalocean", "kubernetesVersions", {"name": version, "_assumed": True}, id=version)
            yield {"kind": "Kubernetes version", "what": version, "by": "accepted although the simulated vendor does not list it"}


def _room(store: Store, resources: list[Resource]) -> Iterator[dict[str, str]]:
    """The vendor lets an account have more machines than the sandbox's has from the start, where it has them."""
    pools = [one.get("inputs") or {} for one in resources if one["type"] in (CLUSTER, POOL)]
    machines = sum(droplets_of(one.get("nodePool") or one) for one in pools)
    for account in store.list("digitalocean", "accounts"):
        if machines > account["dropletLimit"]:
            store.update("digitalocean", "accounts", account["id"], {"dropletLimit": 2 * machines})
            yield {
                "kind": "Droplet limit",
                "what": f"{account['dropletLimit']} of a young account",
                "by": f"{2 * machines}: the state has {machines}",
            }


def observed_version(resource: Resource) -> str | None:
    """The version that a cluster really runs: the vendor may have upgraded it since it was asked for."""
    if resource["type"] != CLUSTER or resource.get("external"):
        return None
    found = (resource.get("outputs") or {}).get("version") or (resource.get("inputs") or {}).get("version")
    return found if isinstance(found, str) else None


def _referred(resources: list[Resource]) -> dict[tuple[str, str, str], list[Resource]]:
    """(cloud, kind, id) of what inputs refer to and the state does not hold → the resources that do."""
    own = {str(resource.get("id")) for resource in resources}
    found: dict[tuple[str, str, str], list[Resource]] = {}
    for resource in resources:
        if resource.get("external") or (place := _kind(resource["type"])) is None:
            continue
        cloud = place[0]
        references = {**index.load(cloud).resources[resource["type"]].table.references, **_UNWRITTEN.get(cloud, {})}
        for name, kind in references.items():
            id = (resource.get("inputs") or {}).get(name)
            if isinstance(id, str) and id and id not in own:
                found.setdefault((cloud, kind, id), []).append(resource)
    return found


def _kind(type: str) -> tuple[str, str] | None:
    """(cloud, kind of its records) of a simulated resource type."""
    cloud = type.partition(":")[0]
    resource = index.load(cloud).resources.get(type) if cloud in index.CLOUDS and not type.startswith(PROVIDERS) else None
    return (cloud, resource.table.kind) if resource else None


def _open_outputs(resource: Resource) -> Record:
    return {key: value for key, value in (resource.get("outputs") or {}).items() if not is_secret(value) and not key.startswith("__")}


def _zone(store: Store, users: list[Resource]) -> Record:
    """Named by the longest ending that the names in it have in common and that a registrar sells."""
    names = [str(one["inputs"]["name"]).rstrip(".").lower() for one in users if one["type"].endswith(":DnsRecord")]
    account = store.list("cloudflare", "accounts")[0]
    facts = zone.facts({"account": {"id": account["id"]}, "status": "active"})
    return {"name": zone_name(names) or f"zone-{len(store.list('cloudflare', 'zones'))}.example.com", **facts}


def zone_name(names: list[str]) -> str | None:
    """The domain that all these names lie in."""
    for name in names:
        labels = name.split(".")
        endings = [".".join(labels[place:]) for place in range(len(labels))]
        for ending in endings:
            if registrable(ending) and all(one == ending or one.endswith(f".{ending}") for one in names):
                return ending
    return None


def _vpc(store: Store, users: list[Resource]) -> Record:
    """A region's default network: what a program looks up without giving it a name."""
    region = str(users[0]["inputs"].get("region", "")).lower()
    number = len(store.list("digitalocean", "vpcs"))
    _yield_default(store, "vpcs", "default", region=region)
    # Of the ranges that the default networks do not lie in (clouds/seed.py: 10.<number>.0.0/20).
    facts = {"region": region, "description": "", "ipRange": f"10.200.{number}.0/24"}
    return {"name": f"network-of-the-account-{number}", "default": True, **facts}


def _project(store: Store, users: list[Resource]) -> Record:
    """The account's default one, for the same reason."""
    other = store.list("digitalocean", "projects")[0]
    kept = {key: other[key] for key in ("ownerId", "ownerUuid", "purpose", "environment", "description")}
    _yield_default(store, "projects", "isDefault")
    return {**kept, "name": f"project-of-the-account-{len(store.list('digitalocean', 'projects'))}", "isDefault": True, "resources": []}


def _yield_default(store: Store, kind: str, field: str, **match: str) -> None:
    """The sandbox's own is not the default any more."""
    for record in store.list("digitalocean", kind, **{field: True}, **match):
        store.update("digitalocean", kind, record["id"], {field: False})


def _domain(store: Store, users: list[Resource]) -> Record:
    """Its name is its id."""
    return {"name": str(users[0]["inputs"]["domain"]), "ttl": 1800}


_MAKERS: dict[str, Maker] = {"zones": _zone, "vpcs": _vpc, "projects": _project, "domains": _domain}
# References that the vendor answers for itself, so that no table lists them.
_UNWRITTEN = {"cloudflare": {"zoneId": "zones"}}
