"""What a resource's type token says of its kind, and which kinds live in namespaces."""

from __future__ import annotations

import contextlib
import threading

import httpx

from ...kube import Api, ApiError
from ...kube.client import Object

# Asked only where the server cannot say.
_CLUSTER_WIDE = """
    APIService CSIDriver CSINode CertificateSigningRequest ClusterRole ClusterRoleBinding ClusterTrustBundle
    CustomResourceDefinition DeviceClass FlowSchema IPAddress IngressClass MutatingAdmissionPolicy
    MutatingAdmissionPolicyBinding MutatingWebhookConfiguration Namespace Node PersistentVolume PriorityClass
    PriorityLevelConfiguration RuntimeClass ServiceCIDR StorageClass ValidatingAdmissionPolicy
    ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment VolumeAttributesClass GatewayClass
    ClusterIssuer
"""

_BUILT_IN_GROUPS = """
    admissionregistration apiextensions apiregistration authentication authorization certificates coordination discovery events
    flowcontrol.apiserver networking node rbac.authorization resource scheduling storage storagemigration
"""
_BUILT_IN = {"", "apps", "autoscaling", "batch", "extensions", "policy", *(f"{group}.k8s.io" for group in _BUILT_IN_GROUPS.split())}


def token(urn: str) -> str:
    """The type token of a URN: kubernetes:apps/v1:Deployment."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def group_version_kind(urn: str, thing: Object) -> tuple[str, str]:
    """(apiVersion, kind) as the object says it, or as its type token does."""
    _, version, kind = token(urn).split(":")
    known = thing.get("kind")
    return str(thing.get("apiVersion") or version.removeprefix("core/")), str(known or kind.removesuffix("Patch"))


def is_patch(urn: str, thing: Object) -> bool:
    """Whether the resource only owns some fields of an object that is somebody else's (ConfigMapPatch, CustomResourcePatch)."""
    kind = token(urn).rsplit(":", 1)[-1]
    return kind.endswith("Patch") and kind != thing.get("kind")


def is_list(urn: str) -> bool:
    """Whether the resource is a list of objects (ConfigMapList); a custom resource may be called AllowList."""
    _, version, kind = token(urn).split(":")
    return kind.endswith("List") and is_built_in(version.removeprefix("core/"))


def is_built_in(api_version: str) -> bool:
    """Whether Kubernetes itself brings the API version."""
    return api_version.rpartition("/")[0] in _BUILT_IN


class Scopes:
    """Which kinds are served, and which of them live in namespaces: the server knows, or a CRD of the same program."""

    def __init__(self, api: Api | None) -> None:
        self._api = api
        self._learnt: dict[tuple[str, str], bool] = {}
        self._lock = threading.Lock()

    def learn(self, inputs: Object) -> None:
        """Remembers the scope of what a CRD of the program will define."""
        spec = inputs.get("spec")
        if inputs.get("kind") != "CustomResourceDefinition" or not isinstance(spec, dict):
            return
        names, group = spec.get("names"), spec.get("group")
        if isinstance(names, dict) and isinstance(group, str) and isinstance(names.get("kind"), str):
            with self._lock:
                self._learnt[(group, names["kind"])] = spec.get("scope") != "Cluster"

    def namespaced(self, api_version: str, kind: str) -> bool:
        """Whether objects of the kind live in namespaces; of an unknown kind it is assumed."""
        with self._lock:
            learnt = self._learnt.get((api_version.rpartition("/")[0], kind))
        if learnt is not None:
            return learnt
        if self._api is not None:
            with contextlib.suppress(ApiError, httpx.HTTPError):
                return self._api.kind(api_version, kind).namespaced
        return kind not in _CLUSTER_WIDE.split()

    def served(self, inputs: Object) -> bool:
        """Whether the server has the kind now."""
        if self._api is None:
            return False
        try:
            self._api.kind(str(inputs.get("apiVersion")), str(inputs.get("kind")))
        except (ApiError, httpx.HTTPError):
            return False
        return True
