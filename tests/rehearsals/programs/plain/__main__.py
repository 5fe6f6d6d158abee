"""Kubernetes objects of many kinds; the configuration decides what a test changes."""

import os

import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

config = pulumi.Config()
provider = k8s.Provider(
    "cluster", kubeconfig=pulumi.Output.secret(os.environ["CLUSTER_KUBECONFIG"]), cluster_identifier="plain", upsert_existing_objects=True
)
opts = ResourceOptions(provider=provider)
namespace = k8s.core.v1.Namespace("shop", metadata={"name": config.get("namespace") or "shop"}, opts=opts)
inside = {"namespace": namespace.metadata.name}
labels = {"app": "web"}
image = config.get("image") or "nginx:1"
fails_after = {"pulumi.com/timeoutSeconds": "5"}

settings = k8s.core.v1.ConfigMap(
    "settings", metadata={**inside, "name": "settings"}, data={"colour": config.get("colour") or "blue"}, opts=opts
)
password = k8s.core.v1.Secret(
    "password", metadata={**inside, "name": "password"}, string_data={"password": config.get_secret("password") or "none"}, opts=opts
)
account = k8s.core.v1.ServiceAccount("web", metadata={**inside, "name": "web"}, opts=opts)
k8s.apps.v1.Deployment(
    "web",
    metadata={**inside, "name": "web", "annotations": fails_after},
    spec={
        "replicas": config.get_int("replicas") or 2,
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "serviceAccountName": account.metadata.name,
                "containers": [
                    {"name": "web", "image": image, "resources": {"requests": {"cpu": "10m", "memory": config.get("memory") or "16Mi"}}}
                ],
            },
        },
    },
    opts=opts,
)
k8s.core.v1.Service(
    "web",
    metadata={**inside, "name": "web", "annotations": {"pulumi.com/skipAwait": "true"}},
    spec={"selector": labels, "ports": [{"name": "http", "port": 80}]},
    opts=opts,
)
k8s.apps.v1.StatefulSet(
    "store",
    metadata={**inside, "name": "store"},
    spec={
        "serviceName": "store",
        "replicas": 1,
        "selector": {"matchLabels": {"app": "store"}},
        "template": {"metadata": {"labels": {"app": "store"}}, "spec": {"containers": [{"name": "store", "image": "postgres:18"}]}},
    },
    opts=opts,
)
k8s.apps.v1.DaemonSet(
    "agent",
    metadata={**inside, "name": "agent"},
    spec={
        "selector": {"matchLabels": {"app": "agent"}},
        "template": {"metadata": {"labels": {"app": "agent"}}, "spec": {"containers": [{"name": "agent", "image": "agent:1"}]}},
    },
    opts=opts,
)
job_pod = {"spec": {"restartPolicy": "Never", "containers": [{"name": "job", "image": config.get("jobImage") or "job:1"}]}}
k8s.batch.v1.Job("once", metadata={**inside, "name": "once"}, spec={"template": job_pod}, opts=opts)
k8s.batch.v1.CronJob(
    "nightly",
    metadata={**inside, "name": "nightly"},
    spec={"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": job_pod}}},
    opts=opts,
)
k8s.rbac.v1.Role(
    "reader", metadata={**inside, "name": "reader"}, rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}], opts=opts
)
k8s.rbac.v1.RoleBinding(
    "reader",
    metadata={**inside, "name": "reader"},
    role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
    subjects=[{"kind": "ServiceAccount", "name": "web", "namespace": namespace.metadata.name}],
    opts=opts,
)
k8s.autoscaling.v2.HorizontalPodAutoscaler(
    "store",
    metadata={**inside, "name": "store"},
    spec={"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "store"}, "minReplicas": 1, "maxReplicas": 3},
    opts=opts,
)
k8s.policy.v1.PodDisruptionBudget(
    "web", metadata={**inside, "name": "web"}, spec={"maxUnavailable": 1, "selector": {"matchLabels": labels}}, opts=opts
)
k8s.networking.v1.NetworkPolicy(
    "web", metadata={**inside, "name": "web"}, spec={"podSelector": {"matchLabels": labels}, "policyTypes": ["Ingress"]}, opts=opts
)
if not config.get_bool("withoutIngress"):
    backend = {"service": {"name": "web", "port": {"name": "http"}}}
    k8s.networking.v1.Ingress(
        "web",
        metadata={**inside, "name": "web", "annotations": {"pulumi.com/skipAwait": "true"}},
        spec={"rules": [{"host": "shop.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]},
        opts=opts,
    )
pulumi.export("namespace", namespace.metadata.name)
pulumi.export("password", password.string_data)
