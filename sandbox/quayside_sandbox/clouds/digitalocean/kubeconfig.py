"""The credentials that the cloud hands out for a cluster: a token that ends after a week, in a kubeconfig as the plugin renders it."""

from __future__ import annotations

import yaml

from ..store import Record
from . import times

WEEK = 7 * 24 * 3600


def current(record: Record, before: Record) -> list[Record]:
    """The kubeConfigs output: what was handed out before as long as it is valid, else new (digitaloceanKubernetesClusterRead)."""
    if not record.get("endpoint"):
        return []
    old = before.get("kubeConfigs") or []
    if (
        old
        and old[0].get("host") == record["endpoint"]
        and old[0].get("token") == record.get("_token")
        and not times.past(old[0]["expiresAt"])
    ):
        return list(old)
    return [fresh(record, int(before.get("kubeconfigExpireSeconds") or 0))]


def fresh(record: Record, seconds: int = 0) -> Record:
    """New credentials, valid for so many seconds (0: a week)."""
    authority, token = record.get("_ca", ""), record.get("_token", "")
    name = f"do-{record['region']}-{record['name']}"
    user = f"{name}-admin"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"cluster": {"certificate-authority-data": authority, "server": record["endpoint"]}, "name": name}],
        "contexts": [{"context": {"cluster": name, "user": user}, "name": name}],
        "current-context": name,
        "users": [{"name": user, "user": {"token": token}}],
    }
    return {
        "rawConfig": yaml.safe_dump(config, sort_keys=False),
        "host": record["endpoint"],
        "token": token,
        "clusterCaCertificate": authority,
        "clientKey": "",
        "clientCertificate": "",
        "expiresAt": times.later(seconds or WEEK),
    }
