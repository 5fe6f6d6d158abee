"""A cluster with an object under each of its roots, and the lock after all of them."""

import os
from typing import Any

import pulumi

from quayside import DoksCluster
from quayside.lock import lock
from quayside.objects import register

config = pulumi.Config()
args: Any = {"region": "sgp1", "version": "1.36", "system_pool": {"size": "s-2vcpu-4gb"}, **(config.get_object("args") or {})}
args["token"] = os.environ["DIGITALOCEAN_TOKEN"]
cluster = DoksCluster("cluster", args)
for name, root in (("owned", cluster.owned), ("billed", cluster.billed)):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}}
    register(name, manifest, pulumi.ResourceOptions(parent=root))
lock([cluster], protected=not args.get("disposable"))
pulumi.export("kubeconfig", cluster.kubeconfig)
