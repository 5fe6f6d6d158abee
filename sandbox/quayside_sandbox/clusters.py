"""The clusters that run in a sandbox, and how to reach them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .folder import write_text
from .kube import Api, Connection

if TYPE_CHECKING:
    from .sandbox import Sandbox

KINDS = (("digitalocean", "kubernetesClusters"), ("local", "clusters"))


def running(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The records of the clusters whose API server answers, oldest first; `cloud` is added to each."""
    found = [{**record, "cloud": cloud} for cloud, kind in KINDS for record in sandbox.store.list(cloud, kind, status="running")]
    return sorted(found, key=lambda record: record["createdAt"])


def kubeconfig(records: list[dict[str, Any]]) -> str:
    """One kubeconfig with a context for each cluster, named like it; the newest is the current one."""
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": records[-1]["name"] if records else "",
            "clusters": [
                {"name": r["name"], "cluster": {"server": r["endpoint"], "certificate-authority-data": r["_ca"]}} for r in records
            ],
            "users": [{"name": r["name"], "user": {"token": r["_token"]}} for r in records],
            "contexts": [{"name": r["name"], "context": {"cluster": r["name"], "user": r["name"]}} for r in records],
        },
        sort_keys=False,
    )


def api(record: dict[str, Any], **options: Any) -> Api:
    """A client of one cluster, as its administrator."""
    return Api(Connection.parse(kubeconfig([record])), **options)


def kubeconfig_file(sandbox: Sandbox) -> Path:
    return sandbox.folder.root / "kubeconfig.yaml"


def write_kubeconfig(sandbox: Sandbox) -> None:
    """Keeps the file that `quayside-sandbox env` names in KUBECONFIG current."""
    write_text(kubeconfig_file(sandbox), kubeconfig(running(sandbox)))
