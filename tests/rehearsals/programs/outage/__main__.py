"""A Deployment that is waited for, and a ConfigMap after it."""

import os

import pulumi
import pulumi_kubernetes as kubernetes

from quayside.hooks import helped

kubeconfig = pulumi.Output.secret(os.environ["QUAYSIDE_OUTAGE_CLUSTER"])
provider = kubernetes.Provider(
    "cluster", kubeconfig=kubeconfig, cluster_identifier="outage", upsert_existing_objects=True, enable_config_map_mutable=True
)
opts = helped(pulumi.ResourceOptions(provider=provider))
labels = {"app": "web"}
container = {"name": "web", "image": "acme/web:1", "readinessProbe": {"httpGet": {"path": "/", "port": 80}}}
web = kubernetes.apps.v1.Deployment(
    "web",
    metadata={"name": "web", "namespace": "default"},
    spec={"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}},
    opts=opts,
)
kubernetes.core.v1.ConfigMap(
    "settings",
    metadata={"name": "settings", "namespace": "default"},
    data={"colour": pulumi.Config().get("colour") or "red"},
    opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[web])),
)
pulumi.export("kubeconfig", kubeconfig)
