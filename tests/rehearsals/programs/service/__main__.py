"""The service that service.json describes, in the cluster whose kubeconfig stands beside it."""

import json
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from quayside import Service

cluster = kubernetes.Provider(
    "cluster", kubeconfig=pulumi.Output.secret(Path("kubeconfig").read_text()), upsert_existing_objects=True, enable_secret_mutable=True
)
service = Service("shop", json.loads(Path("service.json").read_text()), pulumi.ResourceOptions(providers=[cluster]))
pulumi.export("urls", service.urls)
