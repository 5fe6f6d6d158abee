"""Which fields of which kinds cannot be changed in place: a change of them makes a new object.

The rules are the official plugin's (provider/pkg/provider/diff.go), which is coarser than the API server in places: changed data of a
ConfigMap replaces it, so that the pods that use it roll out.
"""

from __future__ import annotations

from typing import Any

from ...kube.client import Object
from .configuration import Configuration

Path = list[str | int]

IDENTITY = ["metadata.name", "metadata.namespace"]

_CONTAINER = """
    args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources securityContext stdin
    stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir
"""
_POD = """
    affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork hostPID
    hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName readinessGates
    restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName shareProcessNamespace
    subdomain terminationGracePeriodSeconds volumes
"""
_VOLUME = """
    awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs hostPath
    iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume
"""

_FIELDS: dict[tuple[str, str], list[str]] = {
    ("apps", "DaemonSet"): ["spec.selector"],
    ("apps", "Deployment"): ["spec.selector"],
    ("apps", "StatefulSet"): [
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ],
    ("batch", "Job"): ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
    ("", "PersistentVolume"): [f"spec.{field}" for field in _VOLUME.split()],
    ("", "PersistentVolumeClaim"): ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
    ("", "Pod"): [f"spec.{field}" for field in _POD.split()]
    + [f"spec.{list}.*.{field}" for list in ("containers", "initContainers") for field in _CONTAINER.split()],
    ("", "ResourceQuota"): ["spec.scopes"],
    ("", "Secret"): ["type"],
    ("", "Service"): ["spec.clusterIP"],
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ["roleRef"],
    ("rbac.authorization.k8s.io", "RoleBinding"): ["roleRef"],
    ("storage.k8s.io", "StorageClass"): ["parameters", "provisioner"],
}


def immutable_fields(inputs: Object, configuration: Configuration) -> list[str]:
    """The dotted paths of an object whose change replaces it; `*` stands for any item of a list."""
    api_version, kind = str(inputs.get("apiVersion", "")), inputs.get("kind")
    group = api_version.rpartition("/")[0]
    fields = IDENTITY + _FIELDS.get((group, str(kind)), [])
    frozen = inputs.get("immutable") is True
    if group == "" and kind == "Secret" and (frozen or not configuration.enable_secret_mutable):
        fields += ["stringData", "data"]
    if group == "" and kind == "ConfigMap" and (frozen or not configuration.enable_config_map_mutable):
        fields += ["binaryData", "data"]
    return fields


def replaces(path: Path, value: Any, fields: list[str]) -> bool:
    """Whether a change at the path, to the given value, touches one of the fields: the field itself, a part of it, or a whole around it."""
    return any(_touches(path, value, field.split(".")) for field in fields)


def _touches(path: Path, value: Any, field: list[str]) -> bool:
    for step, segment in zip(path, field, strict=False):
        if segment != step and not (segment == "*" and isinstance(step, int)):
            return False
    return len(field) <= len(path) or _holds(value, field[len(path) :])


def _holds(value: Any, field: list[str]) -> bool:
    if not field:
        return True
    if isinstance(value, list):
        return field[0] == "*" and any(_holds(item, field[1:]) for item in value)
    return isinstance(value, dict) and field[0] in value and _holds(value[field[0]], field[1:])
