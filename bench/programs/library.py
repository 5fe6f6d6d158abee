"""The services that services.json describes, through the library, in the cluster whose kubeconfig stands beside it."""

import json
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

import usage  # noqa: F401  # tells at the end what the process used
from quayside import Service

wanted = json.loads(Path("services.json").read_text())
cluster = kubernetes.Provider(
    "cluster", kubeconfig=pulumi.Output.secret(Path("kubeconfig").read_text()), upsert_existing_objects=True, enable_secret_mutable=True
)
inside = pulumi.ResourceOptions(providers=[cluster])
if wanted["charts"]:  # what a program does not use it does not import
    from quayside import CertManager

    CertManager("cert-manager", {}, inside)
for name, args in wanted["services"].items():
    Service(name, args, inside)
