"""The services that services.json describes, and a volume for those that mount one, in the cluster whose kubeconfig stands beside it."""

import json
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from quayside import Service

cluster = kubernetes.Provider("cluster", kubeconfig=pulumi.Output.secret(Path("kubeconfig").read_text()), upsert_existing_objects=True)
for name, args in json.loads(Path("services.json").read_text()).items():
    service = Service(name, args, pulumi.ResourceOptions(providers=[cluster]))
    if "data" in json.dumps(args.get("patches", {})):
        kubernetes.core.v1.PersistentVolumeClaim(
            f"{name}-data",
            metadata={"name": "data", "namespace": service.namespace, "annotations": {"pulumi.com/skipAwait": "true"}},
            spec={"access_modes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            opts=pulumi.ResourceOptions(provider=cluster),
        )
