"""What a stack's state, the simulated clouds and a cluster hold: taken twice, the difference says what was left or lost."""

from __future__ import annotations

from typing import Any

from ..clouds.store import Store
from ..kube import Api

Holdings = dict[tuple[str, ...], str]
"""What tells one thing from every other → how a reader finds it."""

# Written by the control plane itself, all the time or as shadows of other objects.
_COMES_AND_GOES = {"Event", "Lease", "Endpoints", "EndpointSlice", "Node", "PodMetrics", "NodeMetrics", "APIService", "ComponentStatus"}

STAYS = {("cloudflare", "zoneSettings"): "a zone's setting has no deletion at the vendor: its last value stays"}
"""What the official provider leaves at its `destroy`, and why."""


def in_state(exported: dict[str, Any]) -> Holdings:
    """The resources of an exported state but the stack itself, and operations that are still pending."""
    deployment = exported.get("deployment") or {}
    resources = [one for one in deployment.get("resources") or [] if one["type"] != "pulumi:pulumi:Stack"]
    pending = [(one["type"], one["resource"]["urn"]) for one in deployment.get("pending_operations") or []]
    return {
        **{("state", one["urn"], str(one.get("id", ""))): f"in the state: {short(one['urn'])}" for one in resources},
        **{("pending", kind, urn): f"in the state: {short(urn)}, {kind} pending" for kind, urn in pending},
    }


def in_clouds(store: Store) -> Holdings:
    """Every object of every simulated cloud, without the zones that the sandbox takes for granted and without what always stays."""
    return {
        (cloud, kind, str(record["id"])): f"at {cloud}: {kind} {_title(record)}"
        for cloud in store.clouds()
        for kind in store.kinds(cloud)
        if (cloud, kind) not in STAYS
        for record in store.list(cloud, kind)
        if not record.get("_assumed")
    }


def staying(store: Store) -> list[str]:
    """What is still at a cloud because nothing can take it away, with the reason."""
    return [
        f"at {cloud}: {kind} {', '.join(sorted(_title(record) for record in records))} ({why})"
        for (cloud, kind), why in STAYS.items()
        if (records := store.list(cloud, kind))
    ]


def in_cluster(name: str, api: Api) -> Holdings:
    """The objects of a cluster that stand for themselves: what another object owns goes with it, and what the control plane writes is its own."""
    found: Holdings = {}
    seen: set[tuple[str, str]] = set()
    for version in api.versions():  # each group's preferred version comes first
        group = version.rpartition("/")[0]
        for kind in api.kinds(version):
            if (group, kind.kind) in seen or "list" not in kind.verbs or kind.kind in _COMES_AND_GOES:
                continue
            seen.add((group, kind.kind))
            found |= {_identity(name, one): _described(name, one) for one in api.list(version, kind.kind) if not _follows(one)}
    return found


def told_to_stay(exported: dict[str, Any]) -> set[str]:
    """The uids of the objects in clusters that a program keeps for good (`retainOnDelete`), as definitions are kept that others use too."""
    resources = (exported.get("deployment") or {}).get("resources") or []
    kept = [(one.get("outputs") or {}).get("metadata") for one in resources if one.get("retainOnDelete")]
    return {str(metadata["uid"]) for metadata in kept if isinstance(metadata, dict) and "uid" in metadata}


def kept(found: Holdings, uids: set[str]) -> Holdings:
    """Those of the objects in clusters that have these uids."""
    return {key: title for key, title in found.items() if key[0] == "cluster" and key[3] in uids}


def beyond(after: Holdings, before: Holdings) -> list[str]:
    """What the first holds and the second does not, sorted for readers."""
    return sorted(title for key, title in after.items() if key not in before)


def short(urn: str) -> str:
    """The end of a URN, which is what a program calls a resource: type::name."""
    *_, types, name = urn.split("::")
    return f"{types.rpartition('$')[2]}::{name}"


def _identity(cluster: str, one: dict[str, Any]) -> tuple[str, ...]:
    """An object that is being deleted is another than the one that was there before."""
    metadata = one["metadata"]
    return ("cluster", cluster, one["kind"], metadata["uid"], "deleting" if metadata.get("deletionTimestamp") else "")


def _described(cluster: str, one: dict[str, Any]) -> str:
    metadata = one["metadata"]
    place = f"{metadata['namespace']}/{metadata['name']}" if metadata.get("namespace") else metadata["name"]
    return f"in cluster {cluster}: {one['kind']} {place}{', being deleted' if metadata.get('deletionTimestamp') else ''}"


def _follows(one: dict[str, Any]) -> bool:
    """Whether another object owns it, or its chart says that it is to be kept (`helm.sh/resource-policy: keep`, as CRDs have it)."""
    metadata = one["metadata"]
    return bool(metadata.get("ownerReferences")) or (metadata.get("annotations") or {}).get("helm.sh/resource-policy") == "keep"


def _title(record: dict[str, Any]) -> str:
    return str(record.get("name") or record.get("settingId") or record["id"])
